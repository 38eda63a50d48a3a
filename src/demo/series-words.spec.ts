import { shortTitle } from './series-words';

describe('a short title', () => {
  it('leaves out what all series of a service have in common', () => {
    const labels = { job: 'orders', instance: '127.0.0.1:1', host: 'a', quantile: '0.95' };
    expect(shortTitle({ name: 'response_seconds', labels })).toBe('response_seconds{quantile="0.95"}');
  });

  it('is the name alone where nothing else tells it apart', () => {
    expect(shortTitle({ name: 'queue_depth', labels: { host: 'a' } })).toBe('queue_depth');
  });
});
