import { delayMs, readFault } from './fault';

describe('a fault of the sample service', () => {
  it('is none where the body is empty', () => {
    expect(readFault({})).toEqual({});
  });

  it('may be slow answers and a leak at once', () => {
    expect(readFault({ latency_ms: 250, leak_mb_per_second: 5 })).toEqual({
      latency_ms: 250,
      leak_mb_per_second: 5,
    });
  });

  it.each([
    [null, 'the body must be an object'],
    [[], 'the body must be an object'],
    [{ latency_ms: '250' }, 'latency_ms must be a number from 0 to 60000'],
    [{ leak_mb_per_second: -1 }, 'leak_mb_per_second must be a number from 0 to 100'],
    [{ latency: 1 }, 'latency is not known; known are latency_ms, leak_mb_per_second'],
    [{ toString: 1 }, 'toString is not known; known are latency_ms, leak_mb_per_second'],
  ])('refuses %j and says why', (body, message) => {
    expect(() => readFault(body)).toThrow(message);
  });

  it('lets answers wait for the given time, give or take a quarter', () => {
    expect([0, 0.5, 1].map((chance) => delayMs({ latency_ms: 200 }, chance))).toEqual([150, 200, 250]);
  });

  it('lets no answer wait where nothing is wrong', () => {
    expect(delayMs({}, 0.9)).toBe(0);
  });
});
