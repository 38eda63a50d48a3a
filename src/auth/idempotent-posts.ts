import { applyDecorators, DynamicModule, RequestMethod, Type, UseInterceptors } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';

import { ErrorResponse } from '../common/http/error.response';
import { IS_IDEMPOTENT } from './access';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/** Where Nest keeps what decorators say. */
const METHOD_METADATA = 'method';
const CONTROLLERS_METADATA = 'controllers';

/** What every POST has that keeps its answers: the interceptor, and its part in the document. */
const keepsAnswers = applyDecorators(
  UseInterceptors(IdempotencyInterceptor),
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'Any text of your own (a random UUID is best): for 24 hours the same request under the same key is done once and answered alike',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  }),
  ApiResponse({
    status: 409,
    description: 'A request with the same Idempotency-Key is still in progress',
    type: ErrorResponse,
  }),
  ApiResponse({
    status: 422,
    description: 'The Idempotency-Key was used for another request',
    type: ErrorResponse,
  }),
);

const done = new WeakSet<object>();

/**
 * Lets every POST of these modules heed `Idempotency-Key`, but those that declare otherwise: nobody can forget it, and no
 * other request passes an interceptor. Before Nest reads the controllers.
 */
export function keepAnswersOfPosts(modules: readonly (Type | DynamicModule)[]): void {
  const scanner = new MetadataScanner();
  for (const { prototype } of modules.flatMap(controllersOf)) {
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name] as object;
      const isPost = Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.POST;
      if (!isPost || Reflect.getMetadata(IS_IDEMPOTENT, handler) === false || done.has(handler)) continue;
      keepsAnswers(prototype, name, { value: handler });
      done.add(handler);
    }
  }
}

function controllersOf(module: Type | DynamicModule): { prototype: Record<string, unknown> }[] {
  const own = 'module' in module ? (module.controllers ?? []) : [];
  const type = 'module' in module ? module.module : module;
  return [...own, ...((Reflect.getMetadata(CONTROLLERS_METADATA, type) ?? []) as Type[])];
}
