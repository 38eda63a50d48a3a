import type { StepTarget } from '../runbooks/runbook-definition';

/** Something that can be acted on, as far as a choice has to know it. */
export interface ResolvedTarget {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly group: string | null;
  readonly isProtected: boolean;
}

/** What a step would be done to; null where nothing fits, or more than one thing does. */
export interface TargetResolution {
  readonly target: ResolvedTarget | null;
  /** In words. */
  readonly why: string;
}

/** Who knows what can be acted on: our own inventory, never the text of an alert. */
export abstract class TargetResolver {
  /** The target that a step names, or that is bound to an anomaly with these labels. */
  abstract resolve(wanted: StepTarget, labels: Readonly<Record<string, string>>): Promise<TargetResolution>;
}
