import { types } from 'node:util';

import { LoggerService } from '@nestjs/common';
import { Logger, LoggerOptions, pino, stdSerializers } from 'pino';

import { isoText } from '../common/time/iso-text';
import { LogOutput } from './log-output';
import { LogTail } from './log-tail';
import { findRequest } from './request-context';

/** Members whose values never reach a log, wherever they stand in the first levels of an object. */
const SECRET_MEMBERS = [
  'password',
  'current_password',
  'new_password',
  'token',
  'refresh_token',
  'authorization',
  'cookie',
  'secret',
  'key',
  'api_key',
  'connectionString',
  'DATABASE_URL',
];

/** The frame of every line. */
const FRAME: LoggerOptions = {
  base: null,
  timestamp: () => `,"time":"${isoText(new Date())}"`,
  formatters: { level: (label) => ({ level: label }) },
};

/**
 * The JSON-lines logger: one record a line, control characters escaped, secrets redacted, the request's id on every
 * line that is written while one is served. A request's log line names method, route pattern and status only.
 */
export function createLogger(level: string, tail: LogTail, output: LogOutput): Logger {
  const options: LoggerOptions = {
    ...FRAME,
    level,
    mixin: () => {
      const request = findRequest();
      return request === null ? {} : { request_id: request.requestId };
    },
    redact: {
      paths: SECRET_MEMBERS.flatMap((member) => [member, `*.${member}`, `*.*.${member}`]),
      censor: '[redacted]',
    },
    serializers: { err: serializeError, req: () => undefined, res: () => undefined },
  };
  return pino(options, {
    write(record: string) {
      const line = escapeControls(record);
      output.write(line);
      tail.write(line);
    },
  });
}

/**
 * The same for the line of a request, whose members are few and of our own choosing: looking through them for secrets, ids and control
 * characters costs many times what writing them does.
 */
export function createRequestLogger(level: string, tail: LogTail, output: LogOutput): Logger {
  return pino(
    { ...FRAME, level },
    {
      write(line: string) {
        output.write(line);
        tail.write(line);
      },
    },
  );
}

/** Type, message, code and stack: never the statement's parameters or a driver's connection settings. */
function serializeError(error: Error & { code?: unknown; detail?: unknown }): object {
  if (!types.isNativeError(error)) return { message: String(error) };
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message: withoutCredentials(message), code: error.code, stack: withoutCredentials(stack) };
}

/** Cuts user and password out of any URL in a text. */
function withoutCredentials(text: string): string {
  return text.replace(/:\/\/[^/\s]+@/g, '://[redacted]@');
}

/** JSON leaves DEL, the second block of control characters (0x9b begins a terminal's escapes) and two line ends as they are. */
function escapeControls(record: string): string {
  return record.replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Nest's own messages in our format. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  error(message: unknown, ...details: unknown[]): void {
    const err = message instanceof Error ? message : undefined;
    this.logger.error({ err, details: details.map(String) }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
}
