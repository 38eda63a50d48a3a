import fc from 'fast-check';

import { SEVERITIES } from '../severity';
import { serviceOf, type SettlingChange, settlingOf } from './settling';
import { heldReasonOf, holderOf, type Holders, passReasonOf } from './suppression';

const NOW = new Date('2026-01-31T10:00:00Z');
const at = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000);
const DEPLOYED: SettlingChange = { id: 42, service: 'checkout', summary: 'checkout 2.4.1', until: at(600) };
const holders = (...changes: SettlingChange[]): Holders => ({
  suppressors: [],
  changes,
  longestSeconds: 3_600,
  now: NOW,
});
const trouble = (told: Partial<Parameters<typeof holderOf>[0]> = {}) => ({
  labels: { service: 'checkout' },
  severity: 'medium' as const,
  heldAt: null,
  ...told,
});

describe('the service of a series', () => {
  it.each([
    [{ service: 'a', service_name: 'b', app: 'c', job: 'd' }, 'a'],
    [{ service_name: 'b', app: 'c', job: 'd' }, 'b'],
    [{ app: 'c', job: 'd' }, 'c'],
    [{ service: '', job: 'd' }, 'd'],
    [{ app_kubernetes_io_name: 'e' }, 'e'],
    [{ host: 'web-1' }, null],
    [{}, null],
  ])('of %j is %j', (labels: Record<string, string>, service) => {
    expect(serviceOf(labels)).toBe(service);
  });
});

describe('a change that settles', () => {
  it.each([
    ['low', true],
    ['medium', true],
    ['high', true],
    ['critical', false],
  ] as const)('holds what is %s on its service: %s', (severity, isHeld) => {
    expect(settlingOf(trouble({ severity }), holders(DEPLOYED)) !== null).toBe(isHeld);
  });

  it('holds nothing on another service, or where nobody says of which service it is', () => {
    expect(settlingOf(trouble({ labels: { service: 'search' } }), holders(DEPLOYED))).toBeNull();
    expect(
      settlingOf(trouble({ labels: { service: 'search', job: 'checkout' } }), holders(DEPLOYED)),
    ).toBeNull();
    expect(settlingOf(trouble({ labels: {} }), holders(DEPLOYED))).toBeNull();
  });

  it('holds nothing once it has settled', () => {
    expect(settlingOf(trouble(), holders({ ...DEPLOYED, until: at(0) }))).toBeNull();
    expect(settlingOf(trouble(), holders({ ...DEPLOYED, until: at(0.001) }))).toMatchObject({ id: 42 });
  });

  it('counts among others as the one that settles last', () => {
    const later = { ...DEPLOYED, id: 43, until: at(900) };
    expect(settlingOf(trouble(), holders(DEPLOYED, later))).toMatchObject({ id: 43, until: at(900) });
  });

  it('holds nothing for longer than the bound, whoever else changes what meanwhile', () => {
    expect(settlingOf(trouble({ heldAt: at(-3_599) }), holders(DEPLOYED))).toMatchObject({ until: at(1) });
    expect(settlingOf(trouble({ heldAt: at(-3_600) }), holders(DEPLOYED))).toBeNull();
  });

  it('never holds what is critical, and holds all else until a time to come within the bound', () => {
    const change = fc.record({
      id: fc.nat(),
      service: fc.constantFrom('a', 'b'),
      summary: fc.string(),
      until: fc.integer({ min: -100, max: 10_000 }).map(at),
    });
    fc.assert(
      fc.property(
        fc.array(change),
        fc.constantFrom(...SEVERITIES),
        fc.option(fc.integer({ min: -5_000, max: 0 }).map(at)),
        (changes, severity, heldAt) => {
          const held = settlingOf({ labels: { service: 'a' }, severity, heldAt }, holders(...changes));
          const isPast = heldAt !== null && heldAt <= at(-3_600);
          const mayHold = changes.some(({ service, until }) => service === 'a' && until > NOW);
          expect(held !== null).toBe(mayHold && !isPast && severity !== 'critical');
          if (held === null) return;
          expect(held.until > NOW).toBe(true);
          expect(held.until <= new Date((heldAt ?? NOW).getTime() + 3_600_000)).toBe(true);
        },
      ),
    );
  });
});

describe('what holds a finding', () => {
  const WINDOW = {
    suppressor: { kind: 'maintenance_window', id: 3, name: 'Upgrade' },
    until: at(60),
    accepts: () => true,
  } as const;

  it('is a window before a change, and the window holds what is critical, too', () => {
    const both = { ...holders(DEPLOYED), suppressors: [WINDOW] };
    expect(holderOf(trouble(), both)?.suppressor).toEqual(WINDOW.suppressor);
    expect(holderOf(trouble({ severity: 'critical' }), both)?.suppressor).toEqual(WINDOW.suppressor);
    expect(holderOf(trouble({ severity: 'critical' }), holders(DEPLOYED))).toBeNull();
    expect(holderOf(trouble(), holders(DEPLOYED))).toEqual({
      suppressor: { kind: 'change', id: 42, name: 'checkout 2.4.1' },
      until: at(600),
    });
  });

  it('is named with the change, whether its time is over or the trouble has become critical', () => {
    const change = { kind: 'change', id: 42, name: 'checkout 2.4.1' } as const;
    const since = 'Held since 2026-01-31T10:00:00.000Z by change 42 (checkout 2.4.1)';
    expect(heldReasonOf(change, NOW, 'medium')).toBe(
      `${since}; its time to settle is over, and this goes on.`,
    );
    expect(heldReasonOf(change, NOW, 'critical')).toBe(`${since}; this has become critical.`);
  });

  it('is said of what is critical and passes', () => {
    expect(passReasonOf(trouble({ severity: 'critical' }), holders(DEPLOYED))).toBe(
      'Opened while change 42 (checkout 2.4.1) settles, until 2026-01-31T10:10:00.000Z: what is critical is not held.',
    );
    expect(passReasonOf(trouble(), holders(DEPLOYED))).toBeNull();
    expect(passReasonOf(trouble({ severity: 'critical' }), holders())).toBeNull();
  });
});
