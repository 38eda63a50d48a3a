import { crc32 } from 'node:zlib';

import { DomainError } from '../../common/errors/domain-error';
import { DetectorPreset, DetectorSettings, DetectorState, DetectorTier } from './detector.types';

const VERSION = 1;
/** "SCD" and the version; then tier, preset, strictness, a zero, the length and the checksum of the numbers. */
const MAGIC = 'SCD';
const HEADER_BYTES = 16;
const TIERS: readonly DetectorTier[] = ['full', 'light'];
const PRESETS: readonly DetectorPreset[] = ['quiet', 'normal', 'sensitive'];

/** A saved state that this version cannot continue: damaged, of another tier, or of an unknown version. */
export class StateUnreadable extends DomainError {
  constructor(message: string) {
    super('unprocessable', 'detector/state-unreadable', message);
  }
}

export function detectorState(
  tier: DetectorTier,
  settings: DetectorSettings,
  numbers: Uint8Array,
): DetectorState {
  return { version: VERSION, tier, settings, numbers };
}

/** The numbers of a state, after checking that they are this tier's. Throws StateUnreadable. */
export function numbersOf(state: DetectorState, tier: DetectorTier, bytes: number): Uint8Array {
  refuseUnknownVersion(state.version);
  if (state.tier !== tier) {
    throw new StateUnreadable(`the detector state is of the ${state.tier} tier; this is the ${tier} tier`);
  }
  if (state.numbers.length !== bytes) {
    throw new StateUnreadable(
      `the detector state holds ${state.numbers.length} bytes; version ${VERSION} of the ${tier} tier has ${bytes}`,
    );
  }
  return state.numbers;
}

/** A state as bytes for a bytea column. */
export function encodeState(state: DetectorState): Buffer {
  const buffer = Buffer.alloc(HEADER_BYTES + state.numbers.length);
  buffer.write(MAGIC, 0, 'latin1');
  buffer.writeUInt8(state.version, 3);
  buffer.writeUInt8(TIERS.indexOf(state.tier), 4);
  buffer.writeUInt8(PRESETS.indexOf(state.settings.preset), 5);
  buffer.writeUInt8(state.settings.strictWindows ? 1 : 0, 6);
  buffer.writeUInt32LE(state.numbers.length, 8);
  buffer.writeUInt32LE(crc32(state.numbers), 12);
  buffer.set(state.numbers, HEADER_BYTES);
  return buffer;
}

/** The inverse of `encodeState`. Throws StateUnreadable for bytes that are not a whole, known state. */
export function decodeState(bytes: Uint8Array): DetectorState {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length < HEADER_BYTES || buffer.toString('latin1', 0, 3) !== MAGIC) {
    throw new StateUnreadable('these bytes are not a detector state');
  }
  refuseUnknownVersion(buffer.readUInt8(3));
  const tier = TIERS[buffer.readUInt8(4)];
  const preset = PRESETS[buffer.readUInt8(5)];
  const numbers = Uint8Array.from(buffer.subarray(HEADER_BYTES));
  const whole = numbers.length === buffer.readUInt32LE(8) && crc32(numbers) === buffer.readUInt32LE(12);
  if (!whole || tier === undefined || preset === undefined) {
    throw new StateUnreadable('the detector state is damaged: its length or checksum does not fit');
  }
  return detectorState(tier, { preset, strictWindows: buffer.readUInt8(6) === 1 }, numbers);
}

function refuseUnknownVersion(version: number): void {
  if (version === VERSION) return;
  throw new StateUnreadable(
    `the detector state is of version ${version}; this program reads version ${VERSION}`,
  );
}
