import type { ActionType } from '../actions/action-type';
import type { Risk } from './catalogue';

export const VERDICTS = ['allow', 'ask', 'deny'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A rule of people: what may run without approval, what needs how many, what may not run at all. */
export interface Policy {
  readonly id: number;
  readonly verdict: Verdict;
  /** Null: any type. */
  readonly actionType: ActionType | null;
  /** Null: any target. */
  readonly targetId: number | null;
  /** Null: any group of targets. */
  readonly targetGroup: string | null;
  /** How many have to approve, where the verdict is `ask`; null leaves it to the risk. */
  readonly approvals: number | null;
}

/** How much of the world an action touches. */
export interface Radius {
  readonly count: number;
  /** Of all that there is of it, where that is known. */
  readonly percent: number | null;
}

export interface DecisionFacts {
  readonly actionType: ActionType;
  readonly risk: Risk;
  readonly radius: Radius;
  readonly target: {
    readonly id: number;
    readonly group: string | null;
    readonly isProtected: boolean;
  } | null;
}

export interface DecisionLimits {
  readonly maxRadiusCount: number;
  readonly maxRadiusPercent: number;
  readonly quorum: Readonly<Record<Risk, number>>;
  readonly isFrozen: boolean;
  /** The freeze calendars that are in force there, in words. */
  readonly freezes: readonly string[];
}

export interface Decision {
  readonly verdict: Verdict;
  /** How many people have to approve; 0 where nobody has to, or nobody can. */
  readonly approvals: number;
  /** The policy that decided, where one did. */
  readonly policyId: number | null;
  /** Why, in words. */
  readonly reasons: readonly string[];
}

/** From the mildest to the strictest: what wins among policies that fit equally well. */
const STRICTNESS = { allow: 0, ask: 1, deny: 2 } as const satisfies Record<Verdict, number>;

/**
 * May it run, and who has to agree. Hard limits come first and nobody's approval lifts them; then the policy that fits best (a target
 * beats a group beats none, then a type beats none; among equals the strictest); without one people are asked, as many as the risk takes.
 * `null` policies are policies that could not be read: the answer is no.
 */
export function decide(
  facts: DecisionFacts,
  policies: readonly Policy[] | null,
  limits: DecisionLimits,
): Decision {
  const refusals = refusalsOf(facts, policies, limits);
  if (refusals.length > 0) return { verdict: 'deny', approvals: 0, policyId: null, reasons: refusals };
  const policy = bestFit(facts, policies ?? []);
  const quorum = limits.quorum[facts.risk];
  if (policy === null)
    return {
      verdict: 'ask',
      approvals: quorum,
      policyId: null,
      reasons: [`${facts.actionType} is of ${facts.risk} risk: ${people(quorum)} must approve`],
    };
  const named = `policy ${policy.id}`;
  switch (policy.verdict) {
    case 'allow':
      return {
        verdict: 'allow',
        approvals: 0,
        policyId: policy.id,
        reasons: [`${named} lets ${facts.actionType} run without approval`],
      };
    case 'deny':
      return {
        verdict: 'deny',
        approvals: 0,
        policyId: policy.id,
        reasons: [`${named} forbids ${facts.actionType} here`],
      };
    case 'ask': {
      const approvals = policy.approvals ?? quorum;
      return {
        verdict: 'ask',
        approvals,
        policyId: policy.id,
        reasons: [`${named} asks for approval: ${people(approvals)} must approve`],
      };
    }
  }
}

function refusalsOf(
  { target, radius }: DecisionFacts,
  policies: readonly Policy[] | null,
  limits: DecisionLimits,
): string[] {
  const refusals: string[] = [];
  if (policies === null) refusals.push('The policies cannot be read');
  if (limits.isFrozen) refusals.push('Remediation is frozen');
  refusals.push(...limits.freezes);
  if (target?.isProtected === true) refusals.push('The target is protected');
  if (radius.count > limits.maxRadiusCount)
    refusals.push(`It would touch ${radius.count} at once; the cap is ${limits.maxRadiusCount}`);
  if (radius.percent !== null && radius.percent > limits.maxRadiusPercent)
    refusals.push(`It would touch ${radius.percent} % at once; the cap is ${limits.maxRadiusPercent} %`);
  return refusals;
}

function bestFit({ actionType, target }: DecisionFacts, policies: readonly Policy[]): Policy | null {
  const fitting = policies.filter(
    (policy) =>
      (policy.actionType === null || policy.actionType === actionType) &&
      (policy.targetId === null || policy.targetId === target?.id) &&
      (policy.targetGroup === null || policy.targetGroup === target?.group),
  );
  const [best] = fitting.toSorted(
    (a, b) => closeness(b) - closeness(a) || STRICTNESS[b.verdict] - STRICTNESS[a.verdict] || a.id - b.id,
  );
  return best ?? null;
}

function closeness({ targetId, targetGroup, actionType }: Policy): number {
  return (targetId === null ? 0 : 4) + (targetGroup === null ? 0 : 2) + (actionType === null ? 0 : 1);
}

function people(count: number): string {
  return count === 1 ? 'one person' : `${count} people`;
}

/**
 * What is decided of several steps as one: one that is denied denies all; the most people that one asks for are asked, and a policy that asks is
 * named also where more are asked by default; allowed is only what is allowed as a whole.
 */
export function strictest(decisions: readonly Decision[]): Decision {
  const denied = decisions.filter(({ verdict }) => verdict === 'deny');
  if (denied.length > 0) return { ...denied[0], reasons: reasonsOf(denied) };
  const asked = decisions.filter(({ verdict }) => verdict === 'ask');
  if (asked.length === 0) return { ...decisions[0], reasons: reasonsOf(decisions) };
  const [most] = asked.toSorted((a, b) => b.approvals - a.approvals);
  const policyId = asked.find((decision) => decision.policyId !== null)?.policyId ?? null;
  return { ...most, policyId: most.policyId ?? policyId, reasons: reasonsOf(asked) };
}

function reasonsOf(decisions: readonly Decision[]): string[] {
  return [...new Set(decisions.flatMap(({ reasons }) => reasons))];
}
