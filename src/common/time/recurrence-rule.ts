/** How often a rule's periods come, from the rarest on. Seconds are nothing that a slot is kept to. */
export const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

export const RULE_WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type RuleWeekday = (typeof RULE_WEEKDAYS)[number];

/** The last time that counts: an instant, or what a local clock shows, in milliseconds. */
export interface RuleEnd {
  readonly isInstant: boolean;
  readonly at: number;
}

/** A recurrence rule of RFC 5545 as it was read. What it leaves open, its start says. */
export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  /** How many times there are at all. */
  readonly count: number | null;
  readonly until: RuleEnd | null;
  /** On which a week begins. */
  readonly weekStart: RuleWeekday;
  /** Which of them, where a number says so: the second of the month, or the last but one. */
  readonly weekdays: readonly { readonly day: RuleWeekday; readonly nth: number | null }[];
  /** What its parts of numbers list. */
  readonly numbers: ReadonlyMap<NumberPart, readonly number[]>;
}

/** One of which the times cannot be told, with what is wrong. */
export class UnreadableRule extends Error {}

interface NumberRange {
  readonly least: number;
  readonly most: number;
  /** How far it may be counted from the end, below zero. */
  readonly fromEnd: number;
  readonly goesWith: readonly Frequency[];
}

const ANY = FREQUENCIES;
const DAYS_OR_LONGER = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'] as const;

const NUMBERS = {
  BYMONTH: { least: 1, most: 12, fromEnd: 0, goesWith: ANY },
  BYWEEKNO: { least: 1, most: 53, fromEnd: 53, goesWith: ['YEARLY'] },
  BYYEARDAY: { least: 1, most: 366, fromEnd: 366, goesWith: ['YEARLY', 'HOURLY', 'MINUTELY'] },
  BYMONTHDAY: {
    least: 1,
    most: 31,
    fromEnd: 31,
    goesWith: ['YEARLY', 'MONTHLY', 'DAILY', 'HOURLY', 'MINUTELY'],
  },
  // With minutes the library passes days over in steps of hours that may never meet these.
  BYHOUR: { least: 0, most: 23, fromEnd: 0, goesWith: [...DAYS_OR_LONGER, 'HOURLY'] },
  BYMINUTE: { least: 0, most: 59, fromEnd: 0, goesWith: ANY },
  // Of a set that is smaller than that, the library takes the first for any other from the end.
  BYSETPOS: { least: 1, most: 366, fromEnd: 1, goesWith: DAYS_OR_LONGER },
} as const satisfies Record<string, NumberRange>;
export type NumberPart = keyof typeof NUMBERS;

const OTHER_PARTS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', 'BYDAY'];
const MAX_LENGTH = 500;
const MAX_INTERVAL = 10_000;
/** A rule that ends after more than that is as good as one without an end, which needs no counting from its start on. */
const MAX_COUNT = 1_000;
/** Every quarter of an hour, or every hour; what is to come more often says so by its frequency, which is quicker to walk. */
const MAX_TIMES_A_DAY = {
  YEARLY: 24,
  MONTHLY: 24,
  WEEKLY: 96,
  DAILY: 96,
  HOURLY: Infinity,
  MINUTELY: Infinity,
};

/**
 * Reads a rule as RFC 5545 writes it, without its name: parts in any order, each once. Refused beside what the RFC refuses: seconds, and
 * parts that a rule's own steps may never meet, so that every rule has a next time or is seen to have none.
 * Throws  UnreadableRule.
 * @example readRule('FREQ=MONTHLY;BYDAY=2TU;BYHOUR=2;BYMINUTE=30')
 */
export function readRule(text: string): RecurrenceRule {
  const parts = partsOf(text);
  const frequency = FREQUENCIES.find((word) => word === parts.get('FREQ'));
  if (frequency === undefined) throw new UnreadableRule(`needs FREQ, one of ${FREQUENCIES.join(', ')}`);
  const rule: RecurrenceRule = {
    frequency,
    interval: integerOf(parts, 'INTERVAL', MAX_INTERVAL) ?? 1,
    count: integerOf(parts, 'COUNT', MAX_COUNT),
    until: endOf(parts.get('UNTIL')),
    weekStart: weekStartOf(parts.get('WKST')),
    weekdays: weekdaysOf(parts.get('BYDAY'), frequency),
    numbers: new Map(
      (Object.keys(NUMBERS) as NumberPart[]).flatMap((part) => {
        const list = parts.get(part);
        return list === undefined ? [] : [[part, numbersOf(part, list, frequency)]];
      }),
    ),
  };
  checkTogether(rule);
  return rule;
}

/** What is wrong with a rule, or null. */
export function ruleProblem(text: string): string | null {
  try {
    readRule(text);
    return null;
  } catch (error) {
    if (error instanceof UnreadableRule) return error.message;
    throw error;
  }
}

function partsOf(text: string): Map<string, string> {
  if (text.length > MAX_LENGTH) throw new UnreadableRule(`must be at most ${MAX_LENGTH} characters`);
  const parts = new Map<string, string>();
  for (const part of text.trim().toUpperCase().split(';')) {
    const [name, value, ...more] = part.split('=');
    if (value === undefined || value === '' || more.length > 0)
      throw new UnreadableRule('must be parts such as FREQ=DAILY, with semicolons between them');
    if (!(name in NUMBERS) && !OTHER_PARTS.includes(name))
      throw new UnreadableRule(
        `has a part that is not known: ${name}; known are ${[...OTHER_PARTS, ...Object.keys(NUMBERS)].join(', ')}`,
      );
    if (parts.has(name)) throw new UnreadableRule(`has ${name} twice`);
    parts.set(name, value);
  }
  return parts;
}

function integerOf(parts: ReadonlyMap<string, string>, name: string, most: number): number | null {
  const text = parts.get(name);
  if (text === undefined) return null;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (!(value >= 1 && value <= most)) throw new UnreadableRule(`needs ${name} between 1 and ${most}`);
  return value;
}

function endOf(text: string | undefined): RuleEnd | null {
  if (text === undefined) return null;
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z?)$/.exec(text);
  const [, year, month, day, hour, minute, second, zone] = found ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const at = Date.parse(`${iso}Z`);
  if (found === null || Number.isNaN(at) || !new Date(at).toISOString().startsWith(iso))
    throw new UnreadableRule(
      'needs UNTIL with its time: 20261231T235959Z in UTC, or 20261231T235959 by the local clock',
    );
  return { isInstant: zone === 'Z', at };
}

function weekStartOf(text: string | undefined): RuleWeekday {
  if (text === undefined) return 'MO';
  const found = RULE_WEEKDAYS.find((day) => day === text);
  if (found === undefined) throw new UnreadableRule(`needs WKST of ${RULE_WEEKDAYS.join(', ')}`);
  return found;
}

function weekdaysOf(text: string | undefined, frequency: Frequency): RecurrenceRule['weekdays'] {
  if (text === undefined) return [];
  return text.split(',').map((one) => {
    const [, number, day] = /^([+-]?\d{0,2})(MO|TU|WE|TH|FR|SA|SU)$/.exec(one) ?? [];
    const nth = number === undefined || number === '' ? null : Number(number);
    if (day === undefined || nth === 0 || !(Math.abs(nth ?? 1) <= 53))
      throw new UnreadableRule(`has a day in BYDAY that is none: ${one}; MO, 2TU and -1FR are`);
    if (nth !== null && frequency !== 'MONTHLY' && frequency !== 'YEARLY')
      throw new UnreadableRule(
        `has ${one} in BYDAY; a day is counted of a month or a year, with FREQ=MONTHLY or YEARLY`,
      );
    return { day: day as RuleWeekday, nth };
  });
}

function numbersOf(part: NumberPart, text: string, frequency: Frequency): number[] {
  const { least, most, fromEnd, goesWith }: NumberRange = NUMBERS[part];
  if (!goesWith.includes(frequency))
    throw new UnreadableRule(`has ${part}, which FREQ=${frequency} cannot have`);
  return text.split(',').map((one) => {
    const value = /^[+-]?\d{1,3}$/.test(one) ? Number(one) : NaN;
    if (!((value >= least && value <= most) || (value < 0 && -value <= fromEnd)))
      throw new UnreadableRule(
        `has ${one} in ${part}; it takes ${least} to ${most}${fromEnd > 0 ? `, and down to -${fromEnd} from the end` : ''}`,
      );
    return value;
  });
}

/** What its parts may not be beside one another. */
function checkTogether({ frequency, interval, count, until, weekdays, numbers }: RecurrenceRule): void {
  if (count !== null && until !== null)
    throw new UnreadableRule('has COUNT and UNTIL; it may have one of them');
  if (numbers.has('BYSETPOS') && numbers.size === 1 && weekdays.length === 0)
    throw new UnreadableRule('has BYSETPOS, but nothing of which to choose by it');
  const counted = weekdays.filter(({ nth }) => nth !== null);
  if (counted.length > 0 && counted.length < weekdays.length)
    throw new UnreadableRule('has days with and without a number in BYDAY; state two rules for that');
  if (numbers.has('BYWEEKNO') && (weekdays.length === 0 || counted.length > 0))
    throw new UnreadableRule('has BYWEEKNO, which needs BYDAY without numbers beside it');
  const limited = frequency === 'MINUTELY' ? 'BYMINUTE' : frequency === 'HOURLY' ? 'BYHOUR' : null;
  if (interval > 1 && limited !== null && numbers.has(limited))
    throw new UnreadableRule(
      `has ${limited} that its steps of ${interval} may never meet; use FREQ=DAILY with BYHOUR and BYMINUTE`,
    );
  const timesADay = (numbers.get('BYHOUR')?.length ?? 1) * (numbers.get('BYMINUTE')?.length ?? 1);
  if (timesADay > MAX_TIMES_A_DAY[frequency])
    throw new UnreadableRule(
      `has more than ${MAX_TIMES_A_DAY[frequency]} times a day; use FREQ=HOURLY or FREQ=MINUTELY for that`,
    );
}
