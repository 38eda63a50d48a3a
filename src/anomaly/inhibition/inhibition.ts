import { type Severity, worseSeverity } from '../severity';
import { type Dependencies, dependenciesOf } from '../topology/topology';

type Labels = Readonly<Record<string, string>>;

/** What hides a symptom, as the symptom names it. */
export interface Inhibitor {
  readonly kind: 'rule' | 'topology';
  readonly rule_id: number | null;
  /** The cause; null where it is itself kept quiet and so has no anomaly. */
  readonly anomaly_id: number | null;
  readonly reason: string;
}

/** A rule as Alertmanager has them: a source hides the targets that have the same values of the equal labels. */
export interface Rule {
  readonly id: number;
  readonly name: string;
  readonly isSource: (labels: Labels) => boolean;
  readonly isTarget: (labels: Labels) => boolean;
  readonly equal: readonly string[];
}

/** What goes on: an active anomaly, or an alert that is held (without an id). */
export interface Trouble {
  readonly id: number | null;
  readonly labels: Labels;
  readonly severity: Severity;
}

/**
 * What hides each of the troubles with an id; those that are not named are hidden by nothing.
 * Rules     In their order. An absent label equals an absent or empty one. Whatever is source and target of a rule is hidden only by what is
 *           no target of it: nothing hides itself or its like.
 * Topology  A trouble of a service that it depends on, directly or not, hides it where it is no less severe: a note about a cause must not
 *           hide that the customers cannot pay.
 */
export function inhibitorsOf(
  troubles: readonly Trouble[],
  rules: readonly Rule[],
  dependencies: Dependencies,
): Map<number, Inhibitor> {
  const inhibitors = new Map<number, Inhibitor>();
  for (const rule of rules) applyRule(rule, troubles, inhibitors);
  if (dependencies.size > 0) applyTopology(dependencies, troubles, inhibitors);
  return inhibitors;
}

function applyRule(
  { id: ruleId, name, isSource, isTarget, equal }: Rule,
  troubles: readonly Trouble[],
  inhibitors: Map<number, Inhibitor>,
): void {
  const keyOf = (labels: Labels): string => JSON.stringify(equal.map((label) => labels[label] ?? ''));
  const sources = new Map<string, { any: Trouble; pure: Trouble | null }>();
  for (const trouble of troubles) {
    if (!isSource(trouble.labels)) continue;
    const key = keyOf(trouble.labels);
    const known = sources.get(key);
    const pure = known?.pure ?? (isTarget(trouble.labels) ? null : trouble);
    sources.set(key, { any: known?.any ?? trouble, pure });
  }
  if (sources.size === 0) return;
  for (const { id, labels } of troubles) {
    if (id === null || inhibitors.has(id) || !isTarget(labels)) continue;
    const found = sources.get(keyOf(labels));
    const cause = isSource(labels) ? (found?.pure ?? null) : (found?.any ?? null);
    if (cause === null) continue;
    const shared = equal.map((label) => `${label}=${labels[label] ?? ''}`).join(', ');
    inhibitors.set(id, {
      kind: 'rule',
      rule_id: ruleId,
      anomaly_id: cause.id,
      reason: `rule ${name}: ${nameOf(cause)} is active${shared === '' ? '' : ` with the same ${shared}`}`,
    });
  }
}

function applyTopology(
  dependencies: Dependencies,
  troubles: readonly Trouble[],
  inhibitors: Map<number, Inhibitor>,
): void {
  const worst = new Map<string, Trouble>();
  for (const trouble of troubles) {
    const { service } = trouble.labels;
    if (service === undefined) continue;
    const known = worst.get(service);
    if (known === undefined || isWorse(trouble.severity, known.severity)) worst.set(service, trouble);
  }
  const reach = new Map<string, string[]>();
  for (const { id, labels, severity } of troubles) {
    const { service } = labels;
    if (id === null || service === undefined || inhibitors.has(id)) continue;
    const causes = reach.get(service) ?? dependenciesOf(service, dependencies);
    reach.set(service, causes);
    const cause = causes.find((each) => {
      const trouble = worst.get(each);
      return trouble !== undefined && !isWorse(severity, trouble.severity);
    });
    if (cause === undefined) continue;
    const trouble = worst.get(cause) as Trouble;
    inhibitors.set(id, {
      kind: 'topology',
      rule_id: null,
      anomaly_id: trouble.id,
      reason: `${service} depends on ${cause}, where ${nameOf(trouble)} is active`,
    });
  }
}

function isWorse(a: Severity, b: Severity): boolean {
  return a !== b && worseSeverity(a, b) === a;
}

function nameOf({ id }: Trouble): string {
  return id === null ? 'an alert that is kept quiet' : `anomaly ${id}`;
}
