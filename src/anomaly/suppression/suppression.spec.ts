import { currentOf, nextOf, type Schedule } from './maintenance-window';
import {
  type ActiveSuppressor,
  heldReasonOf,
  signatureOf,
  type Suppressor,
  suppressorOf,
} from './suppression';

const WINDOW: Suppressor = { kind: 'maintenance_window', id: 3, name: 'Upgrade' };
const SILENCE: Suppressor = { kind: 'silence', id: 'a-b', name: 'known' };
const UNTIL = new Date('2026-01-31T12:00:00Z');
const ACTIVE: readonly ActiveSuppressor[] = [
  { suppressor: WINDOW, until: UNTIL, accepts: ({ service }) => service === 'db' },
  { suppressor: SILENCE, until: UNTIL, accepts: ({ team }) => team === 'x' },
];

describe('what keeps a label set quiet', () => {
  it('is the first that accepts it', () => {
    expect(suppressorOf({ service: 'db', team: 'x' }, ACTIVE)).toBe(WINDOW);
    expect(suppressorOf({ service: 'web', team: 'x' }, ACTIVE)).toBe(SILENCE);
    expect(suppressorOf({ service: 'web' }, ACTIVE)).toBeNull();
  });

  it('has changed where one of them has begun, ended or another name', () => {
    const text = signatureOf(ACTIVE);
    expect(signatureOf([...ACTIVE])).toBe(text);
    expect(signatureOf(ACTIVE.slice(1))).not.toBe(text);
    expect(signatureOf([{ ...ACTIVE[0], suppressor: { ...WINDOW, name: 'Other' } }, ACTIVE[1]])).not.toBe(
      text,
    );
  });

  it('is named when what it held is told of', () => {
    expect(heldReasonOf(WINDOW, new Date('2026-01-31T10:00:00Z'))).toBe(
      'Held since 2026-01-31T10:00:00.000Z by maintenance window 3 (Upgrade); it has ended, and this goes on.',
    );
  });
});

describe('maintenance that takes place once', () => {
  const schedule: Schedule = {
    kind: 'once',
    startsAt: new Date('2026-01-31T10:00:00Z'),
    endsAt: new Date('2026-01-31T11:00:00Z'),
  };

  it.each([
    ['2026-01-31T09:59:59.999Z', false, true],
    ['2026-01-31T10:00:00.000Z', true, false],
    ['2026-01-31T10:59:59.999Z', true, false],
    ['2026-01-31T11:00:00.000Z', false, false],
  ])('at %s is in force: %s, to come: %s', (at, isCurrent, isNext) => {
    expect(currentOf(schedule, new Date(at)) !== null).toBe(isCurrent);
    expect(nextOf(schedule, new Date(at)) !== null).toBe(isNext);
  });
});
