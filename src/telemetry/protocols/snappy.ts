import { InvalidWireBody, WireBodyTooLarge } from './protocols.errors';

/** What one request may hold when decompressed (safety T19). */
export const MAX_DECODED_BYTES = 32 * 1024 * 1024;

const LITERAL = 0;
const COPY_1_BYTE_OFFSET = 1;
const COPY_2_BYTE_OFFSET = 2;
/** A length code above it says how many bytes the length itself takes. */
const MAX_SHORT_LITERAL = 60;
/** The densest element: a copy of 64 bytes written as 3. A body that declares more than this cannot be telling the truth. */
const MAX_EXPANSION = 64 / 3;
const MAX_LENGTH_BYTES = 5;
/** Below it a loop is faster than a call. */
const SHORT_COPY_BYTES = 24;

/**
 * The bytes that a body in snappy's block format stands for. Ours, because on bodies like remote write's it is faster than the native
 * binding, whose call and copies cost more than the work.
 * Limits  `maxBytes`, checked against the declared length before anything is allocated, as is what so few bytes can expand to.
 * Throws  WireBodyTooLarge; InvalidWireBody where the format is broken.
 * Source  github.com/google/snappy, format_description.txt.
 * @example decodeSnappy(Buffer.from([3, 8, 97, 98, 99])).toString() // 'abc'
 */
export function decodeSnappy(body: Uint8Array, maxBytes = MAX_DECODED_BYTES): Buffer {
  let read = 0;
  let size = 0;
  for (let scale = 1; ; scale *= 128) {
    if (read === MAX_LENGTH_BYTES || read === body.length) throw corrupt('its length cannot be read');
    const byte = body[read++];
    size += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  if (size > maxBytes) {
    throw new WireBodyTooLarge(
      `the body declares ${size} bytes when decompressed; at most ${maxBytes} are accepted`,
    );
  }
  if (size > (body.length - read) * MAX_EXPANSION)
    throw corrupt(`it declares ${size} bytes, more than it can hold`);

  // Not zeroed: below, either every byte is written or nothing is returned.
  const output = Buffer.allocUnsafeSlow(size);
  let written = 0;
  while (read < body.length) {
    const tag = body[read++];
    let length = (tag >>> 2) + 1;
    if ((tag & 3) === LITERAL) {
      if (length > MAX_SHORT_LITERAL) {
        const lengthBytes = length - MAX_SHORT_LITERAL;
        if (lengthBytes > body.length - read) throw corrupt('it ends within a length');
        length = 1;
        for (let i = 0, scale = 1; i < lengthBytes; i++, scale *= 256) length += body[read++] * scale;
      }
      if (length > body.length - read) throw corrupt('it ends within a literal');
      if (length > size - written) throw corrupt('it holds more than it declares');
      if (length < SHORT_COPY_BYTES) {
        for (const end = written + length; written < end;) output[written++] = body[read++];
      } else {
        output.set(body.subarray(read, read + length), written);
        written += length;
        read += length;
      }
      continue;
    }
    let offset: number;
    if ((tag & 3) === COPY_1_BYTE_OFFSET) {
      if (read >= body.length) throw corrupt('it ends within a copy');
      length = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) | body[read++];
    } else {
      const offsetBytes = (tag & 3) === COPY_2_BYTE_OFFSET ? 2 : 4;
      if (offsetBytes > body.length - read) throw corrupt('it ends within a copy');
      offset = body[read] | (body[read + 1] << 8);
      if (offsetBytes === 4) offset += body[read + 2] * 0x10000 + body[read + 3] * 0x1000000;
      read += offsetBytes;
    }
    if (offset === 0 || offset > written) throw corrupt('it copies from before its beginning');
    if (length > size - written) throw corrupt('it holds more than it declares');
    // Byte by byte: the source may overlap what is being written, which is how the format repeats.
    let from = written - offset;
    for (const end = written + length; written < end;) output[written++] = output[from++];
  }
  if (written !== size) throw corrupt('it holds less than it declares');
  return output;
}

function corrupt(reason: string): InvalidWireBody {
  return new InvalidWireBody(`the body is not valid snappy (block format): ${reason}`);
}
