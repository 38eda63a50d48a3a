import { existsSync } from 'node:fs';

import { breachOf } from '../conformance/error-contract';
import { Answer, TestApp } from '../support/test-app';
import { HOSTILE_INPUTS, HostileCategory } from './hostile-inputs';

const CATEGORIES = Object.keys(HOSTILE_INPUTS) as HostileCategory[];
const WHOLE = { severity: 'low', anomaly_score: 0.1, confidence: 0.1 };

interface StoredAnomaly {
  id: number;
  title: string;
  description: string;
  source: string;
  explanation: string;
  metrics_data: Record<string, string>;
}

describe('hostile text', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await TestApp.start();
  });
  afterAll(() => server.stop());

  /** The members of `data`, or a failure that shows what was answered instead. */
  function dataOf<Data>({ status, body, text }: Answer, expected: number): Data {
    if (status !== expected) throw new Error(`${status} instead of ${expected}: ${text.slice(0, 300)}`);
    return (body as { data: Data }).data;
  }

  async function report(text: string): Promise<number> {
    const anomaly = {
      ...WHOLE,
      title: text,
      description: text,
      source: text.slice(0, 100),
      explanation: text,
      metrics_data: { [text.slice(0, 100)]: text },
    };
    return dataOf<{ anomaly: { id: number } }>(await server.post('/api/anomalies', anomaly), 201).anomaly.id;
  }

  describe.each(CATEGORIES)('of the kind: %s', (category) => {
    const texts: readonly string[] = HOSTILE_INPUTS[category];

    it('comes back exactly as it was sent, as JSON that no browser takes for a page', async () => {
      for (const text of texts) {
        const answer = await server.get(`/api/anomalies/${await report(text)}`);
        const { anomaly } = dataOf<{ anomaly: StoredAnomaly }>(answer, 200);
        expect(anomaly).toMatchObject({
          title: text,
          description: text,
          source: text.slice(0, 100),
          explanation: text,
        });
        expect(anomaly.metrics_data).toEqual({ [text.slice(0, 100)]: text });
        expect(answer.headers).toMatchObject({
          'content-type': 'application/json; charset=utf-8',
          'x-content-type-options': 'nosniff',
        });
      }
    });

    it('is found by a search for it, and stays text in comments, resolutions and names', async () => {
      const id = await report('a place for comments');
      for (const text of texts) {
        const found = dataOf<{ anomalies: StoredAnomaly[] }>(
          await server.get(`/api/anomalies?search=${encodeURIComponent(text)}&per_page=100`),
          200,
        ).anomalies;
        expect([text, found.some(({ title }) => title === text)]).toEqual([text, true]);
        const { comment } = dataOf<{ comment: { body: string } }>(
          await server.post(`/api/anomalies/${id}/comments`, { body: text }),
          201,
        );
        expect(comment.body).toBe(text);
        const { anomaly } = dataOf<{ anomaly: object }>(
          await server.post(`/api/anomalies/${id}/resolve`, { resolution: text, root_cause: text }),
          200,
        );
        expect(anomaly).toMatchObject({ resolution: text, root_cause: text });
        if (text.length > 100) continue;
        const { api_key } = dataOf<{ api_key: { name: string } }>(
          await server.post('/api/auth/keys', { name: text, scopes: ['anomalies:read'] }),
          201,
        );
        expect(api_key.name).toBe(text);
      }
    });

    it('is a label’s value as it was sent, or is refused', async () => {
      const name = `hostile_${category}`;
      const kept: string[] = [];
      for (const text of texts) {
        const answer = await server.post('/api/telemetry/samples', {
          samples: [{ name, labels: { value: text }, value: 1 }],
        });
        expect([text, breachOf(answer)]).toEqual([text, null]);
        if (answer.status === 201) kept.push(text);
      }
      const { series } = dataOf<{ series: { labels: { value: string } }[] }>(
        await server.get(`/api/telemetry/series?name=${name}&per_page=100`),
        200,
      );
      expect(series.map(({ labels }) => labels.value).sort()).toEqual([...kept].sort());
      expect(kept.length).toBeGreaterThan(20);
    });

    it('is nobody’s name, address, metric or role', async () => {
      for (const text of texts) {
        const whole = { username: 'somebody', email: 'somebody@example.org', password: 'Correct-horse-9' };
        const isUsername = /^[A-Za-z0-9][\w.-]{2,}$/.test(text);
        for (const body of [
          { ...whole, email: text },
          { ...whole, role: text },
          ...(isUsername ? [] : [{ ...whole, username: text }]),
        ]) {
          expect([text, (await server.post('/api/auth/users', body)).status]).toEqual([text, 400]);
        }
        const sample = await server.post('/api/telemetry/samples', { samples: [{ name: text, value: 1 }] });
        const isName = /^[a-zA-Z_:][\w:]*$/.test(text);
        expect([text, sample.status]).toEqual([text, isName ? 201 : 400]);
      }
    });
  });

  it('does nothing but stay where it is', async () => {
    expect(await server.database.query('SELECT username, role FROM users')).toEqual([
      { username: 'admin', role: 'admin' },
    ]);
    expect(await server.database.query(`SELECT rolname FROM pg_roles WHERE rolname = 'mallory'`)).toEqual([]);
    expect(existsSync('/tmp/pwned')).toBe(false);
    expect((await server.get('/readyz')).status).toBe(200);
  });

  it('is no formula in an export: a spreadsheet shows it and runs nothing', async () => {
    const answer = await server.get('/api/anomalies/export?format=csv');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="anomalies-[\d-]+\.csv"$/);
    const [header, ...rows] = readCsv(answer.text);
    expect(rows.length).toBeGreaterThanOrEqual(300);
    expect(rows.filter((cells) => cells.length !== header.length)).toEqual([]);
    const isNumber = (cell: string): boolean => /^-?[\d.]+$/.test(cell);
    expect(rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell) && !isNumber(cell))).toEqual([]);
    // Whoever reads the file by program finds the text again behind the apostrophe.
    const titles = rows.map((cells) => cells[header.indexOf('title')].replace(/^'(?=[=+\-@\t\r])/, ''));
    expect(HOSTILE_INPUTS.formula.filter((text) => !titles.includes(text))).toEqual([]);
  });

  it('forges no event in the live stream', async () => {
    const base = await server.listen();
    const stop = new AbortController();
    const response = await fetch(`${base}/api/anomalies/stream`, {
      headers: { authorization: `Bearer ${await server.tokenOf('admin')}` },
      signal: stop.signal,
    });
    const ids = [];
    for (const text of HOSTILE_INPUTS.lines) ids.push(await report(text));
    let received = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      received += decoder.decode(chunk, { stream: true });
      if (received.includes(`"anomaly_id":${ids.at(-1)}`)) break;
    }
    stop.abort();
    const lines = received.split('\n').filter((line) => line !== '' && !line.startsWith(':'));
    expect(
      lines.filter((line) => !/^(id: \d+-\d+|event: anomaly\.opened|data: \{[^\r\n]*\})$/.test(line)),
    ).toEqual([]);
    const opened = lines
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice(6)) as { anomaly: StoredAnomaly });
    expect(opened.map(({ anomaly }) => anomaly.title)).toEqual([...HOSTILE_INPUTS.lines]);
  });
});

/** Reads CSV (RFC 4180), as a spreadsheet does. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(cells);
    cells = [];
  }
  return rows;
}
