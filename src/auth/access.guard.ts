import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import { DomainError } from '../common/errors/domain-error';
import { ACCESS, Access } from './access';

/** The caller is known but may not do this. */
export class PermissionDenied extends DomainError {
  constructor(need: string) {
    super('forbidden', 'auth/forbidden', `Insufficient permissions. Required: ${need}`);
  }
}

/** Lets a request through when its caller holds what the route declares. A route that declares nothing is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (access === undefined) throw new PermissionDenied('a declared permission');
    if (access.kind === 'public') return true;
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
    if (principal === null)
      throw new DomainError('unauthenticated', 'auth/unauthenticated', 'Authorization header required');
    if (access.kind === 'permission' && !principal.permissions.has(access.permission))
      throw new PermissionDenied(access.permission);
    return true;
  }
}
