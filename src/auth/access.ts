import { applyDecorators, createParamDecorator, ExecutionContext, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBasicAuth, ApiBearerAuth, ApiExtension, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { ERROR_WORDS } from '../common/http/answers';
import type { DialectTraits } from '../common/http/dialect';
import { ErrorResponse } from '../common/http/error.response';
import type { BodyTraits } from '../common/http/request-body';
import { Permission } from './access-matrix';
import { Principal } from './principal';
import { RateTier, tierOf } from './rate-tiers';

/** What a route demands of its caller: nothing, that they are somebody, or a permission. */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'permission'; readonly permission: Permission };

export const ACCESS = 'access';
export const RATE_TIER = 'rate-tier';
export const IS_IDEMPOTENT = 'is-idempotent';

/** What else a route may declare about itself. */
export interface RouteTraits extends DialectTraits {
  /** How its body is read, where it is not JSON. */
  readonly body?: BodyTraits;
  /** What its requests count as, where that does not follow from its access; null: they are never too many. */
  readonly tier?: RateTier | null;
  /** Whether a POST heeds `Idempotency-Key` (default true): not where the answer is a secret, or where samples are sent. */
  readonly isIdempotent?: boolean;
  /** False where OPTIONS is the protocol's own question, and not a browser's. */
  readonly cors?: false;
}

function declare(access: Access, traits: RouteTraits = {}): MethodDecorator {
  const { tier = tierOf(access), isIdempotent = true } = traits;
  // The same value as Nest metadata (for the guard) and as route config (for authentication before the body is parsed).
  return applyDecorators(
    SetMetadata(ACCESS, access),
    SetMetadata(RATE_TIER, tier),
    SetMetadata(IS_IDEMPOTENT, isIdempotent),
    RouteConfig({ access, ...traits }),
    ...(traits.dialect?.described === undefined ? [] : [ApiExtension('x-dialect', traits.dialect.described)]),
    ...(tier === null ? [] : [rateLimited(tier)]),
  );
}

/** What the document says of a route with a limit. */
function rateLimited(tier: RateTier): MethodDecorator {
  const integer = (description: string) => ({ description, schema: { type: 'integer' as const } });
  return applyDecorators(
    ApiExtension('x-rate-tier', tier),
    ApiResponse({
      status: 429,
      description: ERROR_WORDS[429],
      type: ErrorResponse,
      headers: {
        'Retry-After': integer('Seconds to wait'),
        'X-RateLimit-Limit': integer('Requests a minute'),
        'X-RateLimit-Remaining': integer('Requests that are left of them'),
        'X-RateLimit-Reset': integer('Epoch seconds at which all are free again'),
      },
    }),
  );
}

const unauthorized = ApiResponse({ status: 401, description: 'No valid credentials', type: ErrorResponse });

/** Anyone may call this route. */
export function Public(traits?: RouteTraits): MethodDecorator {
  // An empty requirement is OpenAPI's way to say that none is needed; without it the operation would say nothing.
  return applyDecorators(
    declare({ kind: 'public' }, traits),
    ApiSecurity({}),
    ApiExtension('x-permission', 'public'),
  );
}

/** Any authenticated caller may call this route. */
export function Authenticated(traits?: RouteTraits): MethodDecorator {
  return applyDecorators(
    declare({ kind: 'authenticated' }, traits),
    ApiBearerAuth(),
    ApiSecurity('api-key'),
    ApiBasicAuth(),
    ApiExtension('x-permission', 'authenticated'),
    unauthorized,
  );
}

/** Only callers with this permission may call this route. */
export function Requires(permission: Permission, traits?: RouteTraits): MethodDecorator {
  return applyDecorators(
    declare({ kind: 'permission', permission }, traits),
    ApiBearerAuth(),
    ApiSecurity('api-key'),
    ApiBasicAuth(),
    ApiExtension('x-permission', permission),
    unauthorized,
    ApiResponse({ status: 403, description: `Needs the permission ${permission}`, type: ErrorResponse }),
  );
}

/** The authenticated caller, as a handler's parameter. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (principal === null) throw new Error('A public route has no caller');
  return principal;
});
