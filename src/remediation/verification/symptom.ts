import type { Severity } from '../../anomaly/anomaly.types';
import type { VerificationTerms } from './verification-terms';

/** What shows whether an action helped. */
export type Symptom =
  | { readonly kind: 'condition'; readonly terms: VerificationTerms }
  /** Its anomaly, which ends by itself once its series or alert is as usual. */
  | {
      readonly kind: 'anomaly';
      readonly timeoutSeconds: number;
      /** How severe it was when the action was done. */
      readonly severity: Severity;
    }
  /** Nothing: it is not meant to end anything, or there is nothing to look at. */
  | { readonly kind: 'nothing'; readonly why: string };
