import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { RATE_TIER } from './access';
import { RateLimited } from './auth.errors';
import { callerOf } from './caller';
import { RateLimits } from './rate-limits.service';
import { RateTier } from './rate-tiers';
import { RateStanding } from './rate-window';

/** Counts a request that its caller may make, and refuses one too many before any work is done. */
@Injectable()
export class RateGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RateLimits,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const tier = this.reflector.get<RateTier | null | undefined>(RATE_TIER, context.getHandler());
    if (tier === null || tier === undefined) return true;
    const http = context.switchToHttp();
    const standing = this.limits.take(tier, callerOf(http.getRequest<FastifyRequest>()));
    if (standing === null) return true;
    const reply = http.getResponse<FastifyReply>();
    return standing instanceof Promise
      ? standing.then((known) => admit(known, tier, reply))
      : admit(standing, tier, reply);
  }
}

/** Throws  RateLimited. */
function admit(standing: RateStanding, tier: RateTier, reply: FastifyReply): boolean {
  reply
    .header('x-ratelimit-limit', String(standing.limit))
    .header('x-ratelimit-remaining', String(standing.remaining))
    .header('x-ratelimit-reset', String(standing.resetAt));
  if (!standing.isAdmitted) throw new RateLimited(tier, standing.limit, standing.waitSeconds);
  return true;
}
