import { DomainError } from '../errors/domain-error';

/** Far more than any request needs, and few enough that what is made of them is no larger than what they came in. */
const MAX_VALUES = 500_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

/**
 * Refuses JSON of very many values before it is parsed: a body of `{},{},…` else takes forty times its size in memory, and a second of
 * everybody's time.
 * Limits  500,000 values; they are counted by the commas and openings between them, and not at all where the bytes are too few for as many.
 * Throws  DomainError `too_large`.
 * @example refuseManyValues(Buffer.from('[1,2]')) // returns: three values
 */
export function refuseManyValues(json: Uint8Array): void {
  // Each takes a byte of its own, and one that parts it from the next.
  if (json.length < 2 * MAX_VALUES) return;
  let values = 1;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (isText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === COMMA || byte === BRACE || byte === BRACKET) values += 1;
  }
  if (values > MAX_VALUES)
    throw new DomainError('too_large', 'request/too-large', `The body has more than ${MAX_VALUES} values`);
}
