import { LogLevel, newestEntries, readLogLine } from './log-entries';

const WARNING =
  '{"level":"warn","time":"2026-01-31T10:00:00.000Z","request_id":"r1","reason":"late","msg":"slow"}';

describe('a line of the log', () => {
  it('is taken apart into what every line has, and the rest', () => {
    expect(readLogLine(WARNING)).toEqual({
      time: '2026-01-31T10:00:00.000Z',
      level: 'warn',
      message: 'slow',
      requestId: 'r1',
      details: { reason: 'late' },
    });
  });

  it.each([WARNING.slice(0, 40), 'plain text', '17', 'null', ''])(
    'stands as it is where it is no record: %j',
    (line) => {
      expect(readLogLine(line)).toEqual({
        time: null,
        level: null,
        message: line,
        requestId: null,
        details: {},
      });
    },
  );

  it.each<[LogLevel, boolean]>([
    ['trace', true],
    ['info', true],
    ['warn', true],
    ['error', false],
    ['fatal', false],
  ])('of level warn, asked for at least %s, is kept: %s', (least, kept) => {
    expect(newestEntries([WARNING], least, 10)).toHaveLength(kept ? 1 : 0);
  });

  it('of unknown level is always kept', () => {
    expect(newestEntries(['plain text'], 'fatal', 10)).toHaveLength(1);
  });

  it('is among the newest only, oldest first', () => {
    const lines = ['a', 'b', '{"level":"debug","msg":"c"}', 'd'];
    expect(newestEntries(lines, 'info', 2).map(({ message }) => message)).toEqual(['b', 'd']);
  });
});
