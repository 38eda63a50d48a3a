import { cut } from '../text';
import { type Candidate, type Group, type GroupingWindows, textOf } from './grouping';

const MAX_TITLE = 200;

/** A group that has trouble now: anomalies that have just come, an incident that goes on, or both. */
export interface Trouble {
  readonly group: Group;
  readonly positions: readonly number[];
  readonly incident: Candidate | null;
  /** Its incident that was resolved a moment ago. */
  readonly resolved: Candidate | null;
}

/** The service of the one depends on that of the other, and nothing nearer has trouble. */
export interface Dependency {
  readonly symptom: Trouble;
  readonly cause: Trouble;
}

/** Why an anomaly of a trouble belongs to an incident; null for one that it opens. `links` are those among the troubles that are one. */
export function reasonOf(
  trouble: Trouble,
  links: readonly Dependency[],
  incident: Candidate | null,
  isFirst: boolean,
  { joinSeconds, reopenSeconds }: GroupingWindows,
): string {
  const shared = textOf(trouble.group.labels);
  const { service } = trouble.group.labels;
  if (trouble.incident === null) {
    const cause = links.find(({ symptom }) => symptom === trouble)?.cause;
    if (cause !== undefined)
      return `${service} depends on ${cause.group.labels.service}, whose incident this is`;
    const symptom = links.find(({ cause: of }) => of === trouble)?.symptom;
    const isTheirs = incident !== null && incident !== trouble.resolved;
    if (isTheirs && symptom !== undefined)
      return `${symptom.group.labels.service}, whose incident this is, depends on ${service}`;
    if (isFirst && incident === null) return `first of its incident (${shared})`;
    if (isFirst)
      return `same ${shared} within ${spanOf(reopenSeconds)} of the resolution, which reopened the incident`;
  }
  return `same ${shared} within ${spanOf(joinSeconds)}`;
}

/** Which dependency it is that makes one of them. */
export function mergeReasonOf(from: Candidate, links: readonly Dependency[]): string {
  const link = links.find(
    ({ symptom, cause }) => symptom.incident?.id === from.id || cause.incident?.id === from.id,
  );
  return link === undefined
    ? 'they have a group in common'
    : `${link.symptom.group.labels.service} depends on ${link.cause.group.labels.service}`;
}

/** What an incident is called that opens: what its members share, unless the first of them says it. */
export function titleOf({ labels }: Group, title: string): string {
  const values = Object.values(labels).join(', ');
  const full = values === '' || title.includes(values) ? title : `${values}: ${title}`;
  return cut(full, MAX_TITLE);
}

function spanOf(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
