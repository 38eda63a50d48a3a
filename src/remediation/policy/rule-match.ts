import { SEVERITIES, type Severity } from '../../anomaly/anomaly.types';
import type { AnomalyFacts } from './anomaly-facts';
import { type Issue, issuesOf } from './engine';
import { matchesGlob } from './glob';

/** Which anomalies a rule is about; all of its conditions hold together, and what is empty or null asks for nothing. */
export interface RuleMatch {
  readonly minSeverity: Severity;
  readonly maxSeverity: Severity;
  readonly sources: readonly string[];
  readonly series: string | null;
  /** One of them is enough. */
  readonly issues: readonly Issue[];
}

/** A rule, ready for use. */
export interface Rule extends RuleMatch {
  readonly id: number;
  readonly name: string;
  readonly isEnabled: boolean;
  /** Whether those after it are looked at where it matches. */
  readonly continues: boolean;
  /** Its conditions on labels, as people write them. */
  readonly matchers: readonly string[];
  readonly hasLabels: (labels: Readonly<Record<string, string>>) => boolean;
}

/** What was found of a rule, and why. */
export interface Candidate<R extends Rule = Rule> {
  readonly rule: R;
  readonly isMatched: boolean;
  /** In words, for whoever asks why it was chosen or not. */
  readonly why: string;
}

/**
 * What is found of each rule, in their order. The first that matches is chosen, and those after it only while the chosen ones say that it
 * goes on; a rule that comes after the last one is not looked at.
 */
export function judgeRules<R extends Rule>(rules: readonly R[], facts: AnomalyFacts): Candidate<R>[] {
  let last: R | null = null;
  return rules.map((rule): Candidate<R> => {
    if (last !== null) return { rule, isMatched: false, why: `${last.name} comes first and ends the search` };
    const { isMatched, why } = judge(rule, facts);
    if (isMatched && !rule.continues) last = rule;
    return { rule, isMatched, why };
  });
}

function judge(rule: Rule, facts: AnomalyFacts): { isMatched: boolean; why: string } {
  const { minSeverity, maxSeverity, sources, series, issues, matchers } = rule;
  const not = (why: string) => ({ isMatched: false, why });
  if (!rule.isEnabled) return not('it is disabled');
  const reasons: string[] = [`severity is ${facts.severity}`];
  if (facts.severity === 'normal') return not('nothing is out of the ordinary');
  const rank = SEVERITIES.indexOf(facts.severity);
  if (rank < SEVERITIES.indexOf(minSeverity))
    return not(`severity is ${facts.severity}, below ${minSeverity}`);
  if (rank > SEVERITIES.indexOf(maxSeverity))
    return not(`severity is ${facts.severity}, above ${maxSeverity}`);
  if (sources.length > 0) {
    if (facts.source === null || !sources.includes(facts.source))
      return not(`source is ${facts.source ?? 'unknown'}, none of ${sources.join(', ')}`);
    reasons.push(`source is ${facts.source}`);
  }
  if (series !== null) {
    if (facts.series === null) return not(`it was seen on no series, and ${series} is asked for`);
    if (!matchesGlob(series, facts.series)) return not(`series is ${facts.series}, which is not ${series}`);
    reasons.push(`series is ${facts.series}`);
  }
  if (matchers.length > 0) {
    if (!rule.hasLabels(facts.labels)) return not(`its labels are not ${matchers.join(', ')}`);
    reasons.push(`labels are ${matchers.join(', ')}`);
  }
  if (issues.length > 0) {
    const found = issuesOf(facts.metrics).filter((issue) => issues.includes(issue));
    if (found.length === 0) return not(`none of ${issues.join(', ')} is seen`);
    reasons.push(`${found.join(', ')} ${found.length === 1 ? 'is' : 'are'} seen`);
  }
  return { isMatched: true, why: reasons.join('; ') };
}
