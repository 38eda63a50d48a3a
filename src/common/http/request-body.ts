import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';

import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';

import { DomainError } from '../errors/domain-error';
import { IntakeGate, IntakeVisit } from './intake-gate';
import { refuseManyValues } from './json-size';
import { SlowRefusals } from './slow-refusals';

/** The largest body of a native route. */
export const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/** How a route's body is read, where it is not JSON in the contract's words. */
export interface BodyTraits {
  /** The media types that it takes, `application/json` where it says nothing. */
  readonly types: readonly string[];
  /** `stream`: as it arrives, of any size. `bytes`: whole, as it was sent; what its encoding means is for the protocol to say. `json`: an object. */
  readonly as: 'stream' | 'bytes' | 'json';
  /** Of `bytes`: the Content-Encodings that the protocol knows; none is always known. */
  readonly encodings?: readonly string[];
  /** Of intake, which has a bound in all: the most that one request may send, before it is unpacked. */
  readonly limitBytes?: number;
  /** Whether its sender is known only by what the body says; then it has no part in the room of those who are known before. */
  readonly isOfStrangers?: boolean;
}

/** Media types that some route takes besides JSON; each needs a parser, or Fastify refuses it before the route is asked. */
const OTHER_TYPES = [
  'application/x-protobuf',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
];

/**
 * Reads bodies as each route declares: JSON into an object, everything else as bytes or as a stream. An empty JSON body is no body, so that
 * clients may always send the header. Nothing is unpacked here, so that a few bytes never become many (safety T19).
 */
export function readBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  boundIntake(server);
  server.addHook('preParsing', (request, _reply, _payload, done) => {
    const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
    const { encodings = [] } = bodyTraits(request) ?? {};
    if (encoding === 'identity' || encodings.includes(encoding)) done();
    else
      done(
        new DomainError(
          'unsupported',
          'request/unsupported-encoding',
          `Content-Encoding must be ${[...encodings, 'identity'].join(' or ')}`,
        ),
      );
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const traits = bodyTraits(request);
    const refusal = sizeRefusalOf(traits, body);
    if (refusal !== null) done(refusal);
    else if (traits !== null && traits.as !== 'json') done(refusalOf(request, traits), body);
    else if (body.length === 0) done(null, undefined);
    else void parse(request, body.toString(), done);
  });
  server.addContentTypeParser(OTHER_TYPES, { parseAs: 'buffer' }, (request, body: Buffer, done) =>
    done(refusalOf(request, bodyTraits(request)) ?? sizeRefusalOf(bodyTraits(request), body), body),
  );
  server.addContentTypeParser('text/csv', (request, stream, done) =>
    done(refusalOf(request, bodyTraits(request)), stream),
  );
}

/** What strangers may fill of the memory, by bodies that must be read to tell who sends them. */
const STRANGERS_BYTES = 8 * 1024 * 1024;

/** Gates the routes of intake: before a byte of a body is read, and again when it is here. */
function boundIntake(server: FastifyInstance): void {
  const known = new IntakeGate();
  const strangers = new IntakeGate(STRANGERS_BYTES);
  const slowly = new SlowRefusals();
  const visits = new WeakMap<FastifyRequest, IntakeVisit>();
  server.addHook('onRoute', (route: RouteOptions) => {
    const { limitBytes, isOfStrangers = false } = traitsOf(route.config) ?? {};
    if (limitBytes === undefined) return;
    const gate = isOfStrangers ? strangers : known;
    route.bodyLimit = limitBytes;
    // After authentication.
    route.preParsing = async (request, reply) => {
      const visit = await slowly.refuse(() => gate.enter(request, limitBytes));
      visits.set(request, visit);
      reply.raw.once('close', visit.leave);
    };
    route.preValidation = (request) => slowly.refuse(() => visits.get(request)?.begin());
  });
}

/** The media type of a request, without its parameters. */
export function mediaTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0].trim().toLowerCase();
}

/** A body that its route reads as bytes; none is empty. */
export function bytesOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

const inflate = promisify(gunzip);

/** Whoever packs tighter than so has something else in mind than saving bytes (safety T19). */
const MAX_RATIO = 100;
const ALWAYS_UNPACKED_BYTES = 1024 * 1024;

/**
 * A body that was sent with gzip, unpacked; any other is returned as it is.
 * Throws  DomainError `too_large` past the limit or a hundred times what was sent, held while unpacking; `invalid` where it is no gzip.
 */
export async function unpacked(request: FastifyRequest, body: Buffer, limitBytes: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  if (encoding !== 'gzip') return body;
  const maxOutputLength = Math.min(limitBytes, Math.max(ALWAYS_UNPACKED_BYTES, body.length * MAX_RATIO));
  try {
    return await inflate(body, { maxOutputLength, finishFlush: constants.Z_FINISH });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new DomainError(
        'too_large',
        'request/too-large',
        `The body unpacks to more than ${maxOutputLength} bytes`,
      );
    throw new DomainError('invalid', 'request/invalid', 'The body is not valid gzip', { cause: error });
  }
}

function bodyTraits(request: FastifyRequest): BodyTraits | null {
  return traitsOf(request.routeOptions.config);
}

function traitsOf(config: object = {}): BodyTraits | null {
  return (config as { body?: BodyTraits }).body ?? null;
}

/** Of JSON; where it may come packed, its route asks once it is unpacked. */
function sizeRefusalOf(traits: BodyTraits | null, body: Buffer): Error | null {
  if (traits?.encodings !== undefined) return null;
  try {
    refuseManyValues(body);
    return null;
  } catch (error) {
    return error as Error;
  }
}

function refusalOf(request: FastifyRequest, traits: BodyTraits | null): Error | null {
  const types = traits?.types ?? ['application/json'];
  if (types.includes(mediaTypeOf(request))) return null;
  return new DomainError(
    'unsupported',
    'request/unsupported-media-type',
    `Content-Type must be ${types.join(' or ')}`,
  );
}
