/** A small generator of numbers, the same for the same seed, so that a damaged body that fails can be made again. */
export function randomBelow(seed: number): (limit: number) => number {
  let state = seed >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** A copy of a body with one to four places changed, cut out, doubled or cut off. */
export function damage(body: Buffer, seed: number): Buffer {
  const below = randomBelow(seed * 2_654_435_761);
  below(2);
  let damaged = Buffer.from(body);
  for (let changes = 1 + below(4); changes > 0 && damaged.length > 0; changes--) {
    const at = below(damaged.length);
    switch (below(5)) {
      case 0:
        damaged[at] = below(256);
        break;
      case 1:
        damaged[at] ^= 1 << below(8);
        break;
      case 2:
        damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(at + 1 + below(4))]);
        break;
      case 3: {
        const end = Math.min(damaged.length, at + 1 + below(20));
        damaged = Buffer.concat([damaged.subarray(0, end), damaged.subarray(at)]);
        break;
      }
      default:
        damaged = damaged.subarray(0, at);
    }
  }
  return damaged;
}
