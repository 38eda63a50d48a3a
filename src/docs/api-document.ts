import type { OpenAPIObject } from '@nestjs/swagger';

/** The part of JSON Schema that our document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly example?: unknown;
  readonly default?: unknown;
  readonly description?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
  readonly description?: string;
}

interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** One operation of the document. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  /** `public`, `authenticated`, or a permission. */
  readonly permission: string;
  /** The protocol whose words it speaks; null where they are the contract's. */
  readonly dialect: string | null;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly type: string; readonly schema: Schema; readonly required: boolean } | null;
  readonly responses: Readonly<Record<string, Answer>>;
}

/** Every operation of a document, in its order. */
export function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, RawOperation>).map(([method, operation]): Operation => {
      const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
      return {
        method: method.toUpperCase() as Operation['method'],
        path,
        operationId: operation.operationId,
        summary: operation.summary ?? '',
        tags: operation.tags ?? [],
        security: operation.security,
        permission: operation['x-permission'] ?? '',
        dialect: operation['x-dialect']?.name ?? null,
        parameters: operation.parameters ?? [],
        body:
          type === undefined
            ? null
            : { type, schema: media.schema, required: operation.requestBody?.required ?? false },
        responses: operation.responses,
      };
    }),
  );
}

interface RawOperation {
  operationId: string;
  summary?: string;
  tags?: string[];
  security: object[];
  'x-permission'?: string;
  'x-dialect'?: { name: string };
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, Answer>;
}

/** As people call it: `POST /api/anomalies`. */
export function titleOf({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** The operation's path with every parameter filled in. */
export function fillPath(path: string, value: (name: string) => string | number): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(value(name))));
}

/** Whether a call may never end by itself: server-sent events, of which an injected request would wait for the last. */
export function isEndless({ responses }: Operation): boolean {
  return Object.values(responses).some(
    ({ content }) => content !== undefined && 'text/event-stream' in content,
  );
}

/** Follows references. */
export function resolve(document: OpenAPIObject, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace('#/components/schemas/', '');
  const found = document.components?.schemas?.[name] as Schema | undefined;
  if (found === undefined) throw new Error(`The document has no schema ${name}`);
  return found;
}
