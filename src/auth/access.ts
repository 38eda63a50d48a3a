import { applyDecorators, createParamDecorator, ExecutionContext, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBasicAuth, ApiBearerAuth, ApiExtension, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { ErrorResponse } from '../common/http/error.response';
import { Permission } from './access-matrix';
import { Principal } from './principal';

/** What a route demands of its caller: nothing, that they are somebody, or a permission. */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'permission'; readonly permission: Permission };

export const ACCESS = 'access';

/** What else a route may declare about itself. */
export interface RouteTraits {
  /** The media type of its body, read as a stream; JSON where it is absent. */
  readonly consumes?: 'text/csv';
}

function declare(access: Access, traits: RouteTraits = {}): MethodDecorator {
  // The same value as Nest metadata (for the guard) and as route config (for authentication before the body is parsed).
  return applyDecorators(SetMetadata(ACCESS, access), RouteConfig({ access, ...traits }));
}

const unauthorized = ApiResponse({ status: 401, description: 'No valid credentials', type: ErrorResponse });

/** Anyone may call this route. */
export function Public(): MethodDecorator {
  // An empty requirement is OpenAPI's way to say that none is needed; without it the operation would say nothing.
  return applyDecorators(
    declare({ kind: 'public' }),
    ApiSecurity({}),
    ApiExtension('x-permission', 'public'),
  );
}

/** Any authenticated caller may call this route. */
export function Authenticated(): MethodDecorator {
  return applyDecorators(
    declare({ kind: 'authenticated' }),
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
