import { LabelMatcher, METRIC_NAME } from './label-matcher';
import type { Labels } from './labels';

/** What an index can look up of a selector: every series that it selects has these. */
export interface IndexedPart {
  readonly name?: string;
  readonly labels: Labels;
}

/**
 * The metric name and labels that matchers demand by equality. An empty value means an absent label, which no index holds.
 * @example indexedPart(parseSelector('up{job="api",zone!="a"}')) // { name: 'up', labels: { job: 'api' } }
 */
export function indexedPart(matchers: readonly LabelMatcher[]): IndexedPart {
  const equal = matchers.filter(({ operator, value }) => operator === '=' && value !== '');
  const name = equal.find(({ label }) => label === METRIC_NAME)?.value;
  const labels = equal.filter(({ label }) => label !== METRIC_NAME).map(({ label, value }) => [label, value]);
  return { ...(name !== undefined && { name }), labels: Object.fromEntries(labels) as Labels };
}
