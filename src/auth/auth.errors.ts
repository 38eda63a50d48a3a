import { DomainError } from '../common/errors/domain-error';
import { RateTier } from './rate-tiers';

/** The credentials of a request do not hold. */
export class Unauthenticated extends DomainError {
  constructor(message: string) {
    super('unauthenticated', 'auth/unauthenticated', message);
  }
}

/** Unknown user, wrong password and disabled account alike: a stranger learns nothing from the difference. */
export class InvalidCredentials extends DomainError {
  constructor() {
    super('unauthenticated', 'auth/invalid-credentials', 'Invalid credentials');
  }
}

export class TooManyAttempts extends DomainError {
  constructor(retryAfterSeconds: number) {
    super('too_many', 'auth/too-many-attempts', 'Too many attempts', { retryAfterSeconds });
  }
}

/** A caller has used up what its tier allows a minute. */
export class RateLimited extends DomainError {
  constructor(tier: RateTier, limit: number, retryAfterSeconds: number) {
    const what = tier === 'auth' ? 'Too many attempts' : 'Too many requests';
    super(
      'too_many',
      'request/rate-limited',
      `${what}: at most ${limit} a minute; try again in ${retryAfterSeconds} s`,
      { retryAfterSeconds },
    );
  }
}

/** More passwords wait to be checked than this machine can hash in good time. */
export class PasswordChecksBusy extends DomainError {
  constructor() {
    super('unavailable', 'auth/busy', 'Too many sign-ins at once; try again', { retryAfterSeconds: 2 });
  }
}

export class WrongCurrentPassword extends DomainError {
  constructor() {
    super('unauthenticated', 'auth/wrong-password', 'Current password is incorrect');
  }
}

export class RegistrationClosed extends DomainError {
  constructor() {
    super('forbidden', 'auth/registration-closed', 'Registration is closed; ask an admin for an account');
  }
}

export class AccountTaken extends DomainError {
  constructor() {
    super('conflict', 'auth/account-taken', 'Username or email already registered');
  }
}

export class UserNotFound extends DomainError {
  constructor() {
    super('not_found', 'auth/user-not-found', 'User not found');
  }
}

/** Somebody must be able to administer the product. */
export class LastActiveAdmin extends DomainError {
  constructor(username: string) {
    super(
      'conflict',
      'auth/last-admin',
      `${username} is the last active admin and can be neither disabled nor demoted`,
    );
  }
}

/** Signing out and changing a password are for people; a key has neither session nor password. */
export class PersonRequired extends DomainError {
  constructor() {
    super(
      'forbidden',
      'auth/person-required',
      'An API key cannot do this; sign in with a username and password',
    );
  }
}

export class ApiKeyNotFound extends DomainError {
  constructor(id: number) {
    super('not_found', 'auth/api-key-not-found', `API key with ID ${id} not found`);
  }
}

/** Nobody can give a key more than they may do themselves. */
export class ScopeNotHeld extends DomainError {
  constructor(scopes: readonly string[]) {
    super(
      'forbidden',
      'auth/scope-not-held',
      `You do not hold these permissions yourself: ${scopes.join(', ')}`,
    );
  }
}
