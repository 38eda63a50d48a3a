import { Log } from '../../src/observability/log';
import { TestApp } from '../support/test-app';
import { CapturedLog } from './captured-log';
import { HOSTILE_INPUTS } from './hostile-inputs';

/** What a terminal or a reader of lines would act on. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;

describe('the log', () => {
  let server: TestApp;
  let log: CapturedLog;

  beforeAll(async () => {
    log = new CapturedLog();
    server = await TestApp.start({ LOG_LEVEL: 'trace', TRUST_PROXY: 'true' });
  });
  afterAll(async () => {
    log.stop();
    await server.stop();
  });

  it('stays one record a line, whatever callers put into titles, names, paths and headers', async () => {
    for (const text of HOSTILE_INPUTS.lines) {
      const inHeader = text.replace(/[^\x20-\x7e]/g, '');
      const before = log.lines.length;
      await server.post('/api/anomalies', {
        title: text,
        description: text,
        severity: 'low',
        anomaly_score: 0,
        confidence: 0,
        source: text.slice(0, 100),
      });
      await server.post(
        '/api/auth/login',
        { username: text, password: text },
        { token: null, headers: { 'user-agent': inHeader, 'x-forwarded-for': inHeader || '?' } },
      );
      await server.post(`/api/admin/jobs/${encodeURIComponent(text)}/redrive`);
      await server.get(`/api/${encodeURIComponent(text)}?x=${encodeURIComponent(text)}`, {
        headers: { 'x-request-id': inHeader, referer: inHeader },
      });
      await log.flushed();
      expect(log.lines.length).toBeGreaterThanOrEqual(before + 4);
    }
    for (const chunk of log.lines) {
      expect(chunk.endsWith('\n')).toBe(true);
      expect(chunk.slice(0, -1)).not.toMatch(CONTROL);
      const record = JSON.parse(chunk) as { level: string; time: string; msg: string };
      expect(record).toMatchObject({
        level: expect.stringMatching(/^(trace|debug|info|warn|error|fatal)$/) as string,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
        msg: expect.any(String) as string,
      });
      expect(record.msg).not.toBe('forged');
    }
  });

  it('escapes what the product itself puts into a line', async () => {
    await log.flushed();
    const before = log.lines.length;
    for (const text of HOSTILE_INPUTS.lines) {
      server.app.get(Log).warn({ [text]: text, deep: { [text]: [text] } }, text);
      server.app.get(Log).error(new Error(text), text);
    }
    await log.flushed();
    const chunks = log.lines.slice(before);
    expect(chunks).toHaveLength(2 * HOSTILE_INPUTS.lines.length);
    for (const chunk of chunks) {
      expect(chunk.slice(0, -1)).not.toMatch(CONTROL);
      expect(() => JSON.parse(chunk) as unknown).not.toThrow();
    }
  });

  it('names each request by a pattern and never by what the caller wrote', async () => {
    await log.flushed();
    const before = log.lines.length;
    await server.get('/api/anomalies/123456?search=what-somebody-looked-for');
    await server.get('/a-path-that-nobody-has?q=what-somebody-looked-for');
    await log.flushed();
    const records = log.lines
      .slice(before)
      .map((chunk) => JSON.parse(chunk) as { msg: string; route?: string; method?: string; status?: number });
    expect(
      records
        .filter(({ msg }) => msg === 'request')
        .map(({ method, route, status }) => [method, route, status]),
    ).toEqual([
      ['GET', '/api/anomalies/:id', 404],
      ['GET', 'unknown', 404],
    ]);
    expect(log.lines.slice(before).join('')).not.toMatch(
      /what-somebody-looked-for|a-path-that-nobody-has|123456/,
    );
  });

  it('forges no metric either: routes are patterns, and labels are escaped', async () => {
    const { text } = await server.get('/metrics');
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    // eslint-disable-next-line security/detect-unsafe-regex -- each repetition begins with a letter of its own
    const sample = /^[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="([^"\\\n]|\\.)*",?)*\})? [-+\w.]+$/;
    expect(lines.filter((line) => !sample.test(line))).toEqual([]);
    expect(text).not.toContain('forged');
  });
});
