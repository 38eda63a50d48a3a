import { CorruptSamples } from './metrics.errors';

/** The samples of one request in arrival order: the same index in each column is one sample. */
export interface SampleBatch {
  readonly seriesIds: ArrayLike<number>;
  readonly timesMs: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** The durable form of a batch: one row with three `bytea` columns. */
export interface EncodedBatch {
  readonly seriesIds: Buffer;
  readonly timesMs: Buffer;
  readonly values: Buffer;
}

export interface DecodedBatch {
  readonly seriesIds: Int32Array | Float64Array;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

const INT32_BYTES = 4;
const FLOAT64_BYTES = 8;
const MAX_INT32 = 0x7fffffff;

/**
 * One request's samples as three columns of little-endian numbers; copying them is all the work there is.
 * Shape   three columns of equal length. Give `values` as a Float64Array where NaN payloads (the stale marker) matter:
 *         a plain array may have lost them already.
 * Units   timesMs: whole milliseconds since 1970, as float64 (exact far beyond any date, and a plain copy where int64 needs BigInt).
 *         seriesIds: int32 where all fit, else float64; the column's length tells which.
 * Throws  RangeError when columns differ in length, an id is not a positive safe integer, or a time is not a safe integer.
 * @example encodeBatch({ seriesIds: [7], timesMs: [1e12], values: [0.5] }).values.length // 8
 */
export function encodeBatch(batch: SampleBatch): EncodedBatch {
  const count = batch.values.length;
  if (batch.seriesIds.length !== count || batch.timesMs.length !== count) {
    throw new RangeError(
      `columns differ in length: ${batch.seriesIds.length} ids, ${batch.timesMs.length} times, ${count} values`,
    );
  }
  let largestId = 0;
  for (let i = 0; i < count; i++) {
    const id = batch.seriesIds[i];
    if (!Number.isSafeInteger(id) || id < 1)
      throw new RangeError(`series id ${id} is not a positive safe integer`);
    if (!Number.isSafeInteger(batch.timesMs[i]))
      throw new RangeError(`time ${batch.timesMs[i]} is not whole milliseconds`);
    if (id > largestId) largestId = id;
  }
  return {
    seriesIds: bytesOf(
      largestId <= MAX_INT32 ? Int32Array.from(batch.seriesIds) : Float64Array.from(batch.seriesIds),
    ),
    timesMs: bytesOf(copyFloats(batch.timesMs)),
    values: bytesOf(copyFloats(batch.values)),
  };
}

/**
 * The columns of `encodeBatch`, bit for bit. The arrays are copies: a Buffer from the driver may be unaligned, and a view would
 * keep the driver's whole receive buffer alive.
 * Throws  CorruptSamples when the columns' lengths cannot belong to one batch.
 * @example decodeBatch(encodeBatch({ seriesIds: [7], timesMs: [1e12], values: [0.5] })).values[0] // 0.5
 */
export function decodeBatch(encoded: EncodedBatch): DecodedBatch {
  const count = encoded.values.length / FLOAT64_BYTES;
  const idBytes = encoded.seriesIds.length;
  const idsAreInt32 = idBytes === count * INT32_BYTES;
  if (
    !Number.isInteger(count) ||
    encoded.timesMs.length !== encoded.values.length ||
    (!idsAreInt32 && idBytes !== count * FLOAT64_BYTES)
  ) {
    throw new CorruptSamples(
      `a stored batch has columns of ${idBytes}, ${encoded.timesMs.length} and ${encoded.values.length} bytes; ` +
        'they must be 4 or 8, 8 and 8 bytes a sample',
    );
  }
  const seriesIds = idsAreInt32 ? new Int32Array(count) : new Float64Array(count);
  const timesMs = new Float64Array(count);
  const values = new Float64Array(count);
  bytesOf(seriesIds).set(encoded.seriesIds);
  bytesOf(timesMs).set(encoded.timesMs);
  bytesOf(values).set(encoded.values);
  return { seriesIds, timesMs, values };
}

/** Typed arrays are little-endian on every platform we ship for (x64, arm64), so a copy of their bytes is the stored form. */
function bytesOf(column: Int32Array | Float64Array): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
}

/** `slice` copies bytes; element by element an engine may rewrite NaN payloads. */
function copyFloats(column: ArrayLike<number>): Float64Array {
  return column instanceof Float64Array ? column.slice() : Float64Array.from(column);
}
