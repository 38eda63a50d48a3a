import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describeApiOffline } from '../../src/docs/write-openapi';
import { ADMIN_PASSWORD, TestApp } from '../support/test-app';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');
const BIN = join(ROOT, 'node_modules', '.bin');
/** A severity that there is not, and a member that an anomaly does not have. */
const WRONG = `import { connect } from './client.mts';
const api = connect('http://localhost:5000');
const body = { title: 'a', description: 'b', anomaly_score: 0.9, confidence: 0.8 };
await api.POST('/api/anomalies', { body: { ...body, severity: 'severe' } });
const { data } = await api.GET('/api/anomalies/{id}', { params: { path: { id: 1 } } });
console.log(data?.data.anomaly.owner);
`;

/** What a command said; of one that failed as well. */
async function outputOf(program: string, parameters: string[], cwd: string): Promise<string> {
  return run(program, parameters, { cwd }).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
}

/** A compiler that shares its machine with others may need long for ten thousand lines. */
const COMPILING_MS = 180_000;

describe('the typed client', () => {
  let folder: string;
  let server: TestApp;
  let url: string;

  beforeAll(async () => {
    // As `npm run client` makes it, but apart: nobody's checkout changes, and what it holds says nothing here.
    folder = mkdtempSync(join(tmpdir(), 'smartcloudops-client-'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const name of ['client.mts', 'example.mts', 'tsconfig.json'])
      copyFileSync(join(ROOT, 'client', name), join(folder, name));
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(await describeApiOffline()));
    await run(join(BIN, 'openapi-typescript'), ['openapi.json', '--output', 'api.d.ts'], { cwd: folder });
    server = await TestApp.start();
    url = await server.listen();
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const runExample = (password: string) =>
    run(process.execPath, ['example.mts'], {
      cwd: folder,
      env: { PATH: process.env.PATH, SMARTCLOUDOPS_URL: url, SMARTCLOUDOPS_PASSWORD: password },
    });

  it(
    'compiles with its example against the types of the present API',
    async () => {
      expect(await outputOf(join(BIN, 'tsc'), ['-p', '.'], folder)).toBe('');
    },
    COMPILING_MS,
  );

  it(
    'does not compile what the API would refuse, or could not answer',
    async () => {
      writeFileSync(join(folder, 'wrong.mts'), WRONG);
      try {
        const complaints = (await outputOf(join(BIN, 'tsc'), ['-p', '.'], folder)).match(/^wrong\.mts.*$/gm);
        expect(complaints).toEqual([
          expect.stringContaining(`Type '"severe"' is not assignable to type`),
          expect.stringContaining("Property 'owner' does not exist"),
        ]);
      } finally {
        rmSync(join(folder, 'wrong.mts'));
      }
    },
    COMPILING_MS,
  );

  it('signs in, opens, lists and misses an anomaly on the running server', async () => {
    const { stdout } = await runExample(ADMIN_PASSWORD);
    const { anomalies } = (await server.get('/api/anomalies')).body.data;
    expect(anomalies).toMatchObject([{ title: 'Checkout answers slowly', severity: 'high', status: 'open' }]);
    const [{ id }] = anomalies;
    expect(stdout.trim().split('\n')).toEqual([
      `opened #${id} Checkout answers slowly (high, open)`,
      `open now: #${id}`,
      'asked for one that is not there, and was told so',
    ]);
  });

  it('tells a program that is refused what the server says', async () => {
    await expect(runExample('Wrong-horse-9')).rejects.toMatchObject({
      stderr: expect.stringMatching(/auth\/\S+: .+ \(request [0-9a-f-]{36}\)/),
    });
  });
});
