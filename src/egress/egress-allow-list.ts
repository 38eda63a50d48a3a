import { EgressScheme } from './egress-url';

/** One place that the product may call: exactly this scheme, host and port. */
export interface EgressRule {
  readonly scheme: EgressScheme;
  readonly host: string;
  readonly port: number;
  /** Whether the host may resolve to the organisation's own network or this machine; false leaves public addresses only. */
  readonly allowPrivate: boolean;
}

/** Port and token: where the rules are kept is another's business. */
export abstract class EgressAllowList {
  /** The rule for exactly this target, in the spelling of `parseEgressUrl`; null means that the answer is no. */
  abstract find(scheme: EgressScheme, host: string, port: number): Promise<EgressRule | null>;
}
