import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import { DomainError } from '../common/errors/domain-error';
import { ACCESS, Access } from './access';
import { DeniedAttempts } from './denied-attempts';

/** The caller is known but may not do this. */
export class PermissionDenied extends DomainError {
  constructor(need: string) {
    super('forbidden', 'auth/forbidden', `Insufficient permissions. Required: ${need}`);
  }
}

/** Methods that change nothing. */
const READING = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Lets a request through when its caller holds what the route declares. A route that declares nothing is refused. Who may not
 * change something and tries leaves an audit row.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly denied: DeniedAttempts,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (access === undefined) throw new PermissionDenied('a declared permission');
    if (access.kind === 'public') return true;
    const { principal, method, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    if (principal === null)
      throw new DomainError('unauthenticated', 'auth/unauthenticated', 'Authorization header required');
    if (access.kind === 'permission' && !principal.permissions.has(access.permission)) {
      const need = access.permission;
      if (!READING.includes(method))
        await this.denied.note(principal, { method, route: routeOptions.url ?? '', need });
      throw new PermissionDenied(need);
    }
    return true;
  }
}
