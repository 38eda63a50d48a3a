import type { FastifyRequest } from 'fastify';

import { Principal } from './principal';

/** Tells who sends a request, from its headers alone. */
export abstract class Authenticator {
  /** Throws DomainError `unauthenticated` (or `too_many` after too many attempts) where the credentials do not hold. */
  abstract authenticate(request: FastifyRequest): Promise<Principal>;
}
