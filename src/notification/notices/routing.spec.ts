import { type Notice, testNotice } from './notice';
import { isWanted, type Wish } from './routing';

const notice: Notice = {
  ...testNotice('key', 'on-call'),
  type: 'anomaly_detected',
  severity: 'high',
  labels: { service: 'cart' },
};
const wish: Wish = { events: ['anomaly_detected'], minimumSeverity: 'low', accepts: () => true };

describe('whether an endpoint is told', () => {
  it.each<[string, Partial<Notice>, Partial<Wish>, boolean]>([
    ['what it asks for', {}, {}, true],
    ['what it does not ask for', { type: 'approval_needed' }, {}, false],
    ['what is just severe enough', {}, { minimumSeverity: 'high' }, true],
    ['what is not severe enough', {}, { minimumSeverity: 'critical' }, false],
    ['what has no severity', { severity: null }, { minimumSeverity: 'critical' }, true],
    ['what has its labels', {}, { accepts: ({ service }) => service === 'cart' }, true],
    ['what has other labels', {}, { accepts: ({ service }) => service === 'search' }, false],
    ['what has no labels', { labels: null }, { accepts: ({ service }) => service === 'cart' }, false],
    ['a test that it did not ask for', { type: 'test' }, {}, false],
  ])('of %s', (_, ofNotice, ofWish, isTold) => {
    expect(isWanted({ ...notice, ...ofNotice }, { ...wish, ...ofWish })).toBe(isTold);
  });
});
