import type { FastifyRequest } from 'fastify';

import type { ErrorAnswer } from '../errors/error-answer';

/** An error as it goes out. */
export interface WireError {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
}

/**
 * How a protocol words its errors. Native routes answer the contract's envelope; a compatibility route answers what its client reads, with
 * the status that makes its client do the right thing: which it sends again, and which not, is the protocol's to know.
 */
export interface Dialect {
  /** Where its routes stand: a path below that no route answers is refused in dialect as well. */
  readonly prefix: string;
  /** For the OpenAPI document: what it is called, and the shape of its errors. */
  readonly described?: { readonly name: string; readonly contentType: string; readonly error: object };
  wordError(answer: ErrorAnswer, request: FastifyRequest): WireError;
}

/** What a route says of the words it speaks; the contract's where it says nothing. */
export interface DialectTraits {
  readonly dialect?: Dialect;
}
