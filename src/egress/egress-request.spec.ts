import { InvalidEgressRequest } from './egress.errors';
import { checkHeaders, checkMethod } from './egress-request';

describe('checkMethod', () => {
  it.each(['GET', 'post', 'Patch', 'DELETE'])('accepts %s', (method) => {
    expect(checkMethod(method)).toBe(method.toUpperCase());
  });

  it.each(['', 'CONNECT', 'TRACE', 'GET ', 'GET / HTTP/1.1\r\nX: y', 'PRI'])('refuses %j', (method) => {
    expect(() => checkMethod(method)).toThrow(InvalidEgressRequest);
  });
});

describe('checkHeaders', () => {
  it('asks for an uncompressed answer and keeps what the caller says', () => {
    expect(checkHeaders({ Authorization: 'Bearer x', 'X-Note': 'caf\u00e9\t1' })).toEqual({
      authorization: 'Bearer x',
      'x-note': 'caf\u00e9\t1',
      'accept-encoding': 'identity',
    });
  });

  it.each([
    ['Host', 'evil.example'],
    ['Transfer-Encoding', 'chunked'],
    ['content-length', '0'],
    ['Connection', 'upgrade'],
    ['Accept-Encoding', 'gzip'],
    ['', 'x'],
    ['a b', 'x'],
    ['a:', 'x'],
    ['x\r\ny', 'x'],
    ['x', 'a\r\nHost: evil.example'],
    ['x', 'a\nb'],
    ['x', 'a\0b'],
    ['x', 'emoji \u{1f642}'],
    ['x', 'a'.repeat(8193)],
  ])('refuses %j: %j', (name, value) => {
    expect(() => checkHeaders({ [name]: value })).toThrow(InvalidEgressRequest);
  });

  it('does not repeat a refused value, which may be a secret', () => {
    expect(() => checkHeaders({ authorization: 'hunter2\n' })).toThrow(/^(?!.*hunter2)/);
  });
});
