import { existsSync } from 'node:fs';

import { Answer, TestApp } from '../support/test-app';
import { plantHostileTexts } from '../torture/hostile-texts';
import { HOSTILE_INPUTS } from './hostile-inputs';

const WHOLE = { severity: 'low', anomaly_score: 0.1, confidence: 0.1 };

interface StoredAnomaly {
  id: number;
  title: string;
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

  it('is stored and given back exactly as it was sent, or is refused, wherever a caller may put text', async () => {
    const { figures, breaches } = await plantHostileTexts(server, { perCategory: 30 });
    expect(breaches).toEqual([]);
    expect(figures.texts).toBe(30 * figures.categories);
  }, 240_000);

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
