import { Actor } from '../common/actor';
import { Permission, Role } from './access-matrix';

/** An authenticated caller and what they may do: a user by role, a key by its scopes within its creator's role. */
export interface Principal {
  readonly actor: Actor;
  /** The user behind the call; for a key, whoever created it. */
  readonly userId: number;
  readonly role: Role;
  readonly permissions: ReadonlySet<Permission>;
  /** The session that an access token belongs to; neither a key nor Basic authentication has one. */
  readonly sessionId?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by authentication, before the body is parsed; null on public routes. */
    principal: Principal | null;
  }
}
