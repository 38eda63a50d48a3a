import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { PermissionDenied } from '../auth/access.guard';
import { Permission } from '../auth/access-matrix';
import { Authenticator } from '../auth/authenticator';
import { ServerConfig } from '../config/sections';

const PERMISSION: Permission = 'system:read';

/**
 * Who may scrape is a setting, while a route's access is fixed when its class is read: the route is declared public, and this guard
 * asks for credentials where METRICS_PUBLIC is false. Nothing is lost by that: a GET has no body to be read first.
 */
@Injectable()
export class MetricsAccessGuard implements CanActivate {
  constructor(
    private readonly server: ServerConfig,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.server.metricsPublic) return true;
    const principal = await this.authenticator.authenticate(
      context.switchToHttp().getRequest<FastifyRequest>(),
    );
    if (!principal.permissions.has(PERMISSION)) throw new PermissionDenied(PERMISSION);
    return true;
  }
}
