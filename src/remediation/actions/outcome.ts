/** What became of the symptom; `unknown` where nobody knows whether the action was done. */
export const OUTCOMES = ['verified', 'unverified', 'no_effect', 'made_worse', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];
