import type { BatchPosition } from '../telemetry.types';

/**
 * Whether a place in the commit order of batches lies behind another.
 * @example isAfter({ xact: '10', id: 1 }, { xact: '9', id: 7 }) // true
 */
export function isAfter(place: BatchPosition, other: BatchPosition): boolean {
  if (place.xact === other.xact) return place.id > other.id;
  return BigInt(place.xact) > BigInt(other.xact);
}

/**
 * The earliest of some places; null of none.
 * @example earliest([{ xact: '10', id: 1 }, { xact: '9', id: 7 }]) // { xact: '9', id: 7 }
 */
export function earliest(places: Iterable<BatchPosition>): BatchPosition | null {
  let least: BatchPosition | null = null;
  for (const place of places) if (least === null || isAfter(least, place)) least = place;
  return least;
}
