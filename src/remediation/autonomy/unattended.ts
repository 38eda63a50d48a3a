import type { Risk } from '../policy/catalogue';
import type { Decision } from '../policy/decision';
import { isAbove, least, type Level } from './level';

/** Whose yes lets it begin. */
export const GRANTERS = ['people', 'policy', 'autonomy'] as const;
export type Granter = (typeof GRANTERS)[number];

/** What caps the level of one proposal. */
export interface Caps {
  /** Of the mode, or of the policy that was chosen. */
  readonly mode: Level;
  /** Why it is that, in words. */
  readonly modeReason: string;
  /** Earned by the cell. */
  readonly cell: Level;
  readonly risk: Risk;
  readonly maxLevelHighRisk: Level;
  /** Somebody reported the anomaly: no series and no alert is behind it. */
  readonly isReported: boolean;
  /** Its steps are done to targets of several groups, of which only one has the cell's trust. */
  readonly spansGroups: boolean;
}

/** How much the product may do by itself here, and what kept it from more. */
export interface EffectiveLevel {
  readonly level: Level;
  readonly cappedBy: readonly string[];
}

/** The lesser of what the mode allows and what the cell has earned, within what risk, reporter and reach allow. */
export function effectiveLevel(caps: Caps): EffectiveLevel {
  const limits: [Level, string][] = [
    [caps.mode, caps.modeReason],
    [caps.cell, `the cell has earned ${caps.cell}`],
  ];
  if (caps.risk === 'high')
    limits.push([caps.maxLevelHighRisk, `what is of high risk is ${caps.maxLevelHighRisk} at most`]);
  // Who may report an anomaly may not thereby have things done.
  if (caps.isReported) limits.push(['semi_auto', 'its anomaly was reported by a caller']);
  if (caps.spansGroups) limits.push(['semi_auto', 'its steps reach several groups of targets']);
  const level = least(...limits.map(([limit]) => limit));
  return {
    level,
    cappedBy: limits
      .filter(([limit]) => !isAbove(limit, level) && limit !== 'full_auto')
      .map(([, why]) => why),
  };
}

/** Whether it begins by itself. */
export type Beginning =
  | { readonly begins: true; readonly grantedBy: Granter; readonly reason: string }
  | { readonly begins: false; readonly grantedBy: null; readonly reason: string };

/**
 * May a proposal begin by itself? What policies and limits deny never does; a yes of people or of a policy is enough from semi_auto on; at
 * full_auto the product's own trust stands for the one person that is asked by default, never for more than one, and never where a policy asks.
 */
export function beginningOf(
  { level, cappedBy }: EffectiveLevel,
  { verdict, policyId, approvals, reasons }: Decision,
  isApproved: boolean,
): Beginning {
  if (verdict === 'deny') return left(reasons.join('; '));
  if (level === 'manual') return left(`People begin it: ${cappedBy.join('; ')}`);
  if (isApproved) return begun('people', 'People have approved it');
  if (verdict === 'allow') return begun('policy', reasons.join('; '));
  if (level === 'semi_auto') return left(`People approve it: ${cappedBy.join('; ')}`);
  if (policyId !== null) return left(`Policy ${policyId} asks people, and that always holds`);
  if (approvals > 1) return left(`${approvals} people are asked, and nothing stands for more than one`);
  return begun('autonomy', 'Its cell has earned full_auto');
}

function begun(grantedBy: Granter, reason: string): Beginning {
  return { begins: true, grantedBy, reason };
}

function left(reason: string): Beginning {
  return { begins: false, grantedBy: null, reason };
}
