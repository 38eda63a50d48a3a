import { findFamily, memberBehaviour } from './metric-family';

describe('findFamily', () => {
  const types = new Map([
    ['http_seconds', 'histogram'],
    ['http_requests_total', 'counter'],
    ['http_seconds_max', 'gauge'],
  ] as const);

  it.each([
    ['http_seconds_bucket', 'histogram', 'counter'],
    ['http_seconds_created', 'histogram', 'gauge'],
    ['http_seconds', 'histogram', 'untyped'],
    ['http_requests_total', 'counter', 'counter'],
    ['http_seconds_max', 'gauge', 'gauge'],
  ])('finds %s in a %s, moving as a %s', (name, type, behaviour) => {
    expect(findFamily(name, types)).toEqual({ type, behaviour });
  });

  it.each(['http_seconds_p99', 'http', '_bucket'])('finds no family of %s', (name) => {
    expect(findFamily(name, types)).toBeNull();
  });
});

describe('memberBehaviour', () => {
  it.each([
    ['rpc_seconds_sum', 'histogram', 'counter'],
    ['rpc_seconds', 'summary', 'gauge'],
    ['rpc_sum', 'gauge', 'gauge'],
    ['rpc', 'counter', 'counter'],
  ] as const)('says that %s of a %s moves as a %s', (name, type, behaviour) => {
    expect(memberBehaviour(name, type)).toBe(behaviour);
  });
});
