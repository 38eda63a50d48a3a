import type { Severity } from '../../anomaly/anomaly.types';
import { WEEKDAYS } from '../../common/time/recurrence';
import { type Notice, testNotice } from '../notices/notice';
import { digestOf, type DigestSetting, divide, groupOf, waits } from './digest';

const notice = (more: Partial<Notice>): Notice => ({
  ...testNotice('key', 'on-call'),
  type: 'anomaly_detected',
  severity: 'high',
  ...more,
});
const setting = (more: Partial<DigestSetting> = {}): DigestSetting => ({
  groupBy: ['incident'],
  waitSeconds: 30,
  intervalSeconds: 300,
  doesCriticalWait: false,
  ...more,
});

describe('what waits for company', () => {
  it.each<[string, Partial<Notice>, DigestSetting | null, boolean]>([
    ['a notice', {}, setting(), true],
    ['one where each is told by itself', {}, null, false],
    ['one that is critical', { severity: 'critical' }, setting(), false],
    [
      'one that is critical where those wait, too',
      { severity: 'critical' },
      setting({ doesCriticalWait: true }),
      true,
    ],
    ['one without a severity', { severity: null }, setting(), true],
    ['a test', { type: 'test', severity: null }, setting(), false],
  ])('%s', (_, more, digest, doesWait) => {
    expect(waits(digest, notice(more))).toBe(doesWait);
  });
});

describe('the group of a notice', () => {
  it.each<[string, string[], Partial<Notice>, object]>([
    ['is its incident', ['incident'], { incidentId: 7, about: { kind: 'anomaly', id: 1 } }, { incident: 7 }],
    [
      'is what it is about where there is no incident',
      ['incident'],
      { about: { kind: 'action', id: 3 } },
      { action: 3 },
    ],
    ['is everything where it is about nothing', ['incident'], {}, {}],
    ['is labels', ['service'], { labels: { service: 'cart', pod: 'a' }, incidentId: 7 }, { service: 'cart' }],
    [
      'takes a label that is not there for an empty one',
      ['service', 'zone'],
      { labels: { zone: 'a' } },
      { service: '', zone: 'a' },
    ],
  ])('%s', (_, groupBy, more, shared) => {
    expect(groupOf(groupBy, notice(more)).shared).toEqual(shared);
  });

  it('does not depend on the order of the labels, and does on their values', () => {
    const labels = { a: '1', b: '2' };
    expect(groupOf(['a', 'b'], notice({ labels })).key).toBe(groupOf(['b', 'a'], notice({ labels })).key);
    expect(groupOf(['a'], notice({ labels: { a: '12' } })).key).not.toBe(
      groupOf(['a'], notice({ labels })).key,
    );
  });
});

describe('a digest', () => {
  const at = '2026-01-01T00:00:00Z';

  it('is as severe as the worst of it, and counts what it tells of', () => {
    const severities: (Severity | null)[] = ['low', null, 'high', 'medium'];
    const members = severities.map((severity, index) => ({
      at,
      notice: notice({ severity, ...(index === 0 && { type: 'incident_opened' }) }),
    }));
    expect(digestOf('digest:1', { incident: 7 }, members)).toMatchObject({
      type: 'digest',
      severity: 'high',
      about: { kind: 'incident', id: 7 },
      incidentId: 7,
      summary: '4 notices of incident 7: incident opened, 3 × anomaly detected',
      data: { group: { incident: 7 }, count: 4 },
      members: [{ at }, { at }, { at }, { at }],
    });
  });

  it('of labels is about nothing, unless all of it is about one', () => {
    const about = [1, 2].map((id) => ({ kind: 'anomaly', id }) as const);
    const both = about.map((each) => ({ at, notice: notice({ about: each }) }));
    expect(digestOf('k', { service: 'cart' }, both)).toMatchObject({
      about: null,
      labels: { service: 'cart' },
    });
    expect(digestOf('k', { service: 'cart' }, [both[0], both[0]]).about).toEqual(about[0]);
  });
});

describe('in quiet hours', () => {
  const nights = { weekdays: WEEKDAYS, startTime: '22:00', durationMinutes: 480, timeZone: 'UTC' };
  const rows = (['low', 'critical', null] as const).map((severity) => ({ severity }));

  it('what is critical of a group is told, and the rest is held until they end', () => {
    expect(divide(rows, nights, new Date('2026-01-10T23:00:00Z'))).toEqual({
      ready: [rows[1]],
      held: [rows[0], rows[2]],
      heldUntil: new Date('2026-01-11T06:00:00Z'),
    });
  });

  it('that are over, nothing is held', () => {
    expect(divide(rows, nights, new Date('2026-01-11T06:00:00Z'))).toEqual({
      ready: rows,
      held: [],
      heldUntil: null,
    });
  });
});
