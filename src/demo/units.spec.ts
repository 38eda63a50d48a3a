import { sayValue } from './units';

describe('a value in words', () => {
  it.each([
    ['orders_response_seconds', 0.26251, '263 ms'],
    ['orders_response_seconds', 1.5, '1.5 s'],
    ['orders_response_seconds', 0.0000042, '4.2 µs'],
    ['process_event_loop_delay_p99_milliseconds', 0.5, '500 µs'],
    ['process_resident_memory_bytes', 82 * 1024 ** 2, '82 MB'],
    ['process_resident_memory_bytes', 1.5 * 1024 ** 3, '1.5 GB'],
    ['host_cpu_usage_percent', 12.345, '12.3 %'],
    ['queue_depth', 1234.5, '1,235'],
    ['temperature', -0.012345, '-0.0123'],
    ['orders_response_seconds', 0, '0 µs'],
    ['queue_depth', 0, '0'],
    ['queue_depth', 2.5e20, '2.500e+20'],
  ])('of %s %d is %s', (metric, value, words) => {
    expect(sayValue(metric, value)).toBe(words);
  });

  it('says of an unknown value that it is unknown', () => {
    expect(sayValue('queue_depth', null)).toBe('?');
    expect(sayValue('queue_depth', NaN)).toBe('?');
  });
});
