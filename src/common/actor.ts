/** Who does something: a person, a program with a key, or the product itself. */
export interface Actor {
  readonly kind: 'user' | 'api_key' | 'system' | 'anonymous';
  /** The user's or key's id; null for the product itself and for strangers. */
  readonly id: number | null;
  readonly name: string;
}

/** The product acting by itself: detection, schedules, housekeeping. */
export const SYSTEM: Actor = { kind: 'system', id: null, name: 'system' };

/** Somebody who has not said who they are: a login attempt, a registration. */
export const ANONYMOUS: Actor = { kind: 'anonymous', id: null, name: 'anonymous' };
