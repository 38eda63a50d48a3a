import { Seeded } from '../../src/common/seeded';

/** Varints that decoders count with: lengths past the end, past 32 and past 53 bits, and one that never ends. */
const VARINTS = [
  '00',
  '7f',
  'ffffffff0f',
  'ffffffffffffffff7f',
  'ffffffffffffffffffff01',
  'ff'.repeat(12),
].map((hex) => Buffer.from(hex, 'hex'));
/** Tags of every wire type, of known and unknown fields; groups and the reserved types among them. */
const TAGS = Buffer.from([
  0x0a, 0x08, 0x09, 0x0d, 0x0b, 0x0c, 0x0e, 0x0f, 0x12, 0x1a, 0x22, 0x2a, 0x7a, 0xfa,
]);

const REPEATED = 200;
const SHORT = 1_000;

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  -1,
  1.5,
  2 ** 53,
  1e308,
  '',
  '0',
  'NaN',
  '-1',
  '99999999999999999999',
  '9'.repeat(400),
  '\u0000',
  '\ud800',
  '\u202e\u{e0001}',
  'x'.repeat(3_000),
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:00Z',
  [],
  {},
  [[[[[[[[[[[[]]]]]]]]]]]],
  { labels: { a: {} } },
  { stringValue: 1 },
];

/** A body with some of its bytes changed, cut, doubled, moved, or replaced by what decoders stumble over. */
export function mutateBytes(body: Buffer, random: Seeded): Buffer {
  let bytes = Buffer.from(body);
  for (let change = 1 + random.below(4); change > 0 && bytes.length > 0; change -= 1) {
    const at = random.below(bytes.length);
    const length = 1 + random.below(Math.min(64, bytes.length - at));
    const [before, part, after] = [
      bytes.subarray(0, at),
      bytes.subarray(at, at + length),
      bytes.subarray(at + length),
    ];
    switch (random.below(7)) {
      case 0:
        bytes[at] ^= 1 << random.below(8);
        break;
      case 1:
        bytes = Buffer.from(before);
        break;
      case 2:
        bytes = Buffer.concat([before, after]);
        break;
      case 3:
        bytes = Buffer.concat([before, ...Array.from({ length: 1 + random.below(50) }, () => part), after]);
        break;
      case 4:
        bytes = Buffer.concat([before, random.of(VARINTS), after]);
        break;
      case 5:
        bytes = Buffer.concat([before, Buffer.from([random.of([...TAGS])]), random.of(VARINTS), after]);
        break;
      default:
        bytes = Buffer.concat([before, Buffer.from(Array.from({ length }, () => random.below(256))), after]);
    }
  }
  return bytes;
}

/** JSON with some of its values, members and characters replaced. What comes out need not be JSON. */
export function mutateJson(value: unknown, random: Seeded): string {
  const text = JSON.stringify(mutateValue(value, random, 0.15));
  if (random.below(4) > 0) return text;
  const at = random.below(text.length);
  const junk = [
    '{',
    ']',
    '"',
    ',',
    '\u0000',
    '1e999',
    '"__proto__":{"polluted":true},',
    '[['.repeat(5_000),
    '\\ud800',
  ];
  return text.slice(0, at) + random.of(junk) + text.slice(at + random.below(3));
}

/** Lists of lists that all repeat would soon be larger than any body. */
function isShort(items: readonly unknown[]): boolean {
  return JSON.stringify(items).length < SHORT;
}

function mutateValue(value: unknown, random: Seeded, share: number): unknown {
  if (random.next() < share) return random.of(VALUES);
  if (Array.isArray(value)) {
    const items = value.map((item) => mutateValue(item, random, share));
    return random.next() < share && isShort(items)
      ? Array.from({ length: REPEATED }, () => items).flat()
      : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(() => random.next() >= share / 3)
    .map(([name, member]): [string, unknown] => [
      random.next() < share / 3 ? random.of(['constructor', '__proto__', '', 'x'.repeat(300)]) : name,
      mutateValue(member, random, share),
    ]);
  return Object.fromEntries(members);
}
