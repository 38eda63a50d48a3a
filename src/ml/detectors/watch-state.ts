import { crc32 } from 'node:zlib';

import { CounterRateState } from './counter-rate';
import { decodeState, encodeState, StateUnreadable } from './detector-state';
import { EpisodeState } from './episode';
import { WatchState } from './series-watch';

const VERSION = 1;
/** "SCW" and the version; then the length of the JSON part and the checksum of it. The detector's state follows with its own. */
const MAGIC = 'SCW';
const HEADER_BYTES = 12;

interface JsonPart {
  readonly latestMs: number | null;
  readonly episode: EpisodeState;
  readonly counter: CounterRateState | null;
}

/** A watch's state as bytes for a bytea column. */
export function encodeWatch(state: WatchState): Buffer {
  const part: JsonPart = { latestMs: state.latestMs, episode: state.episode, counter: state.counter };
  const json = Buffer.from(JSON.stringify(part), 'utf8');
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt8(state.version, 3);
  header.writeUInt32LE(json.length, 4);
  header.writeUInt32LE(crc32(json), 8);
  return Buffer.concat([header, json, encodeState(state.detector)]);
}

/** The inverse of `encodeWatch`. Throws StateUnreadable for bytes that are not a whole, known state. */
export function decodeWatch(bytes: Uint8Array): WatchState {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length < HEADER_BYTES || buffer.toString('latin1', 0, 3) !== MAGIC) {
    throw new StateUnreadable('these bytes are not the state of a watch');
  }
  const version = buffer.readUInt8(3);
  if (version !== VERSION) {
    throw new StateUnreadable(
      `the watch state is of version ${version}; this program reads version ${VERSION}`,
    );
  }
  const end = HEADER_BYTES + buffer.readUInt32LE(4);
  const json = buffer.subarray(HEADER_BYTES, end);
  if (end > buffer.length || crc32(json) !== buffer.readUInt32LE(8)) {
    throw new StateUnreadable('the watch state is damaged: its length or checksum does not fit');
  }
  const { latestMs, episode, counter } = JSON.parse(json.toString('utf8')) as JsonPart;
  return { version: VERSION, latestMs, detector: decodeState(buffer.subarray(end)), episode, counter };
}
