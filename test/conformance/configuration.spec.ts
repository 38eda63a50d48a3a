import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readConfig } from '../../src/config/config';
import { envTemplate, withConfigurationTable } from '../../src/config/config-docs';
import { ConfigurationError, variablesOf } from '../../src/config/environment';
import { SECTIONS } from '../../src/config/sections';
import { TestApp } from '../support/test-app';

const ROOT = join(__dirname, '..', '..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const VARIABLES = SECTIONS.flatMap((section) => variablesOf(section));
const SECRET = 'q8K2vX5nR7wT1zY4bC6dF9gH3jL0mP8s';
const DATABASE_URL = 'postgres://app:s3cr3t-of-the-database@db.internal:5432/app';

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

describe('the configuration', () => {
  it('is described in .env.template as the classes have it (npm run docs:config writes it)', () => {
    expect(read('.env.template')).toBe(envTemplate());
  });

  it('is described in the README as the classes have it (npm run docs:config writes it)', () => {
    const readme = read('README.md');
    expect(readme).toBe(withConfigurationTable(readme));
  });

  it('says of every variable in one sentence what it is for', () => {
    const wanting = VARIABLES.filter(({ description }) => !/^[A-Z][^\n]{5,140}[^.\s]$/.test(description));
    expect(wanting.map(({ name, description }) => `${name}: ${description}`)).toEqual([]);
    expect(new Set(VARIABLES.map(({ name }) => name)).size).toBe(VARIABLES.length);
  });

  it('has a default for everything but secrets, each of which its own rule accepts', () => {
    expect(
      VARIABLES.filter(({ fallback, secret }) => (fallback === undefined) !== secret).map(({ name }) => name),
    ).toEqual([]);
    for (const { fallback, parse } of VARIABLES)
      if (fallback !== undefined) expect(() => parse(fallback)).not.toThrow();
  });

  it('is the same with a copy of the template as with nothing at all, also with every line of it switched on', () => {
    const lines = envTemplate().split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
    const on = lines.map((line) => /^#([A-Z_]+)=(.*)$/.exec(line)).filter((match) => match !== null);
    expect(on.map(([, name]) => name)).toEqual(VARIABLES.map(({ name }) => name));
    expect(readConfig(Object.fromEntries(on.map(([, name, value]) => [name, value])))).toEqual(
      readConfig({}),
    );
  });

  it('takes an empty variable for an absent one', () => {
    expect(readConfig(Object.fromEntries(VARIABLES.map(({ name }) => [name, ''])))).toEqual(readConfig({}));
  });

  it('cannot be changed by whoever gets hold of it', () => {
    const config = readConfig({});
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.values(config).filter((section) => !Object.isFrozen(section))).toEqual([]);
    expect(Object.isFrozen(config.server.corsOrigins)).toBe(true);
  });

  describe('refuses to start', () => {
    it.each([
      'changeme',
      'change-me',
      'CHANGE_ME_PLEASE_this-is-32-bytes-long',
      'your-secret-key-here-your-secret-key',
      'your_secret',
      'secret',
      'password',
      'admin',
      'default',
      'example',
      'placeholder',
      'test',
      'change-in-production-change-in-production',
      '<a secret of 32 bytes or more, please>',
      'replace-me-replace-me-replace-me-rep',
    ])('with the placeholder %s for any secret', (placeholder) => {
      for (const { name } of VARIABLES.filter(({ secret }) => secret)) {
        expect(faultsOf({ [name]: placeholder })).toContain(
          `${name} still holds a placeholder; set a secret of your own`,
        );
      }
    });

    it('with a signing key that is too short, in bytes and not in characters', () => {
      expect(faultsOf({ JWT_SECRET: SECRET.slice(1) })).toEqual([
        'JWT_SECRET must be at least 32 bytes long',
      ]);
      expect(faultsOf({ JWT_SECRET: 'é'.repeat(16) })).toEqual([]);
    });

    it('with a shared database and no shared secret', () => {
      expect(faultsOf({ DATABASE_URL })).toEqual(
        expect.arrayContaining([expect.stringMatching(/^JWT_SECRET must be set where DATABASE_URL is/)]),
      );
    });

    it('as part of a group on a database that serves one process', () => {
      for (const NODE_ROLE of ['api', 'worker'])
        expect(faultsOf({ NODE_ROLE })).toEqual([
          expect.stringMatching(/^NODE_ROLE other than all needs a DATABASE_URL/),
        ]);
    });

    it('and names every fault at once, showing none of the secrets', () => {
      const faults = faultsOf({
        PORT: '70000',
        NODE_ROLE: 'everything',
        TRUST_PROXY: 'yes',
        LOG_LEVEL: 'loud',
        DATABASE_POOL_SIZE: '3.5',
        JWT_SECRET: 'too-short-to-sign',
        ADMIN_PASSWORD: 'changeme',
        REGISTRATION: 'maybe',
        DATABASE_URL,
      });
      const named = [
        'PORT',
        'NODE_ROLE',
        'TRUST_PROXY',
        'LOG_LEVEL',
        'DATABASE_POOL_SIZE',
        'JWT_SECRET',
        'ADMIN_PASSWORD',
        'REGISTRATION',
      ];
      expect(named.filter((name) => !faults.some((fault) => fault.startsWith(`${name} `)))).toEqual([]);
      const { message } = new ConfigurationError(faults);
      for (const secret of ['too-short-to-sign', 'changeme', 's3cr3t-of-the-database'])
        expect(message).not.toContain(secret);
    });

    it.each([
      ['PORT', ['-1', '65536', '5e3', '0x1388', '80 ', 'http']],
      ['COLLECTOR_INTERVAL_SECONDS', ['0', '3601', '1.5']],
      ['HOST_COLLECTOR', ['1', 'TRUE', 'yes', 'false ']],
      ['NODE_ROLE', ['ALL', 'api,worker', 'admin']],
    ])('with a %s that it cannot read', (name, texts) => {
      for (const text of texts)
        expect([text, faultsOf({ [name]: text })]).toEqual([
          text,
          [expect.stringContaining(`${name} must be `)],
        ]);
    });
  });

  it('has no switch for tests: the environment’s name opens nothing', async () => {
    const doors = {
      NODE_ENV: 'test',
      TESTING: 'true',
      TEST: '1',
      DEBUG: '*',
      CI: 'true',
      AUTH_DISABLED: 'true',
      SKIP_AUTH: '1',
      FLASK_ENV: 'testing',
    };
    expect(readConfig(doors)).toEqual(readConfig({}));
    const before = { ...process.env };
    Object.assign(process.env, doors);
    const server = await TestApp.start(doors);
    try {
      for (const [method, path] of [
        ['GET', '/api/anomalies'],
        ['POST', '/api/anomalies'],
        ['GET', '/api/auth/users'],
        ['POST', '/api/admin/egress'],
        ['GET', '/api/config'],
      ]) {
        expect([path, (await server.call(method, path, { token: null })).status]).toEqual([path, 401]);
      }
      const wrong = await server.post(
        '/api/auth/login',
        { username: 'admin', password: 'admin' },
        { token: null },
      );
      expect(wrong.status).toBe(401);
    } finally {
      await server.stop();
      for (const name of Object.keys(doors)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });
});
