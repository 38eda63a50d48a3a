import { CronExpressionParser } from 'cron-parser';

import type { LocalTimes } from '../../common/time/local-times';

const FIELD = /^(?:[\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)+$/i;

/** What is wrong with an expression, or null. */
export function cronProblem(cron: string): string | null {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) return 'must have five fields: minute, hour, day of month, month, day of week';
  const strange = fields.find((field) => !FIELD.test(field));
  if (strange !== undefined)
    return `has a field that is no list, range or step of numbers or names: ${strange}`;
  try {
    CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(0) }).next();
    return null;
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
}

/** The local times of an expression: minute, hour, day of the month, month and day of the week, as cron writes them. */
export function cronTimes(cron: string): LocalTimes {
  const parse = (from: number) =>
    CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(from - 1) });
  return {
    isHourly: parse(0).fields.hour.values.length === 24,
    until: null,
    walk(from, visit) {
      const expression = parse(from);
      while (visit(expression.next().getTime()));
    },
  };
}
