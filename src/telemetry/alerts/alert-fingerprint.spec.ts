import fc from 'fast-check';

import { alertFingerprint, alertIdentity } from './alert-fingerprint';

describe('the fingerprint of an alert', () => {
  it.each([
    [{}, 'cbf29ce484222325'],
    [{ alertname: 'HighCPU', instance: 'h1' }, '7909818cb2b8c9d0'],
    [{ instance: 'h1', alertname: 'HighCPU' }, '7909818cb2b8c9d0'],
  ])('of %j is Prometheus’ own', (labels, fingerprint) => {
    expect(alertFingerprint(labels)).toBe(fingerprint);
  });

  it('is FNV-1a in 64 bits over names in the order of their bytes, whatever the labels', () => {
    const reference = (labels: Record<string, string>): string => {
      let hash = 0xcbf29ce484222325n;
      const names = Object.keys(labels).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      for (const text of names.flatMap((name) => [name, labels[name]])) {
        for (const byte of [...Buffer.from(text), 0xff])
          hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
      }
      return hash.toString(16).padStart(16, '0');
    };
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
        (labels) => {
          expect(alertFingerprint(labels)).toBe(reference(labels));
        },
      ),
    );
  });
});

describe('the identity of an alert', () => {
  it('does not depend on the order of its labels, and tells names from values', () => {
    expect(alertIdentity({ b: '2', a: '1' })).toBe(alertIdentity({ a: '1', b: '2' }));
    expect(alertIdentity({ a: 'b' })).not.toBe(alertIdentity({ ab: '' }));
    expect(alertIdentity({ a: '1' })).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    );
  });
});
