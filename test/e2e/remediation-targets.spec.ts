import { TargetService } from '../../src/remediation/targets/target.service';
import { KubernetesPeer } from '../support/kubernetes-peer';
import { RecordingTarget } from '../support/recording-target';
import { Answer, TestApp } from '../support/test-app';

const URL = '/api/remediation/targets';
const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('remediation targets', () => {
  let server: TestApp;
  let receiver: RecordingTarget;
  let named = 0;

  beforeAll(async () => {
    server = await TestApp.start();
    receiver = await RecordingTarget.start();
    await server.post('/api/admin/egress', { url: receiver.origin, allow_private: true });
  });
  afterAll(async () => {
    await receiver.stop();
    await server.stop();
  });

  const body = (more: object = {}) => ({
    name: `target ${(named += 1)}`,
    kind: 'webhook',
    settings: { url: `${receiver.origin}/hook` },
    secrets: { signing_secret: SIGNING_SECRET },
    ...more,
  });
  const create = async (more: object = {}) => {
    const made = await server.post(URL, body(more));
    expect([made.status, made.text]).toEqual([201, made.text]);
    return made.body.data.target;
  };
  const replace = (target: any, more: object): Promise<Answer> =>
    server.put(`${URL}/${target.id}`, {
      name: target.name,
      settings: target.settings,
      version: target.version,
      ...more,
    });
  const lastAudit = async () => {
    const { body } = await server.get('/api/audit?per_page=1');
    return body.data.entries?.[0] ?? body.data.audit_log?.[0] ?? Object.values<any>(body.data)[0][0];
  };

  it('says what a target is, what can be done there, and which secrets are set', async () => {
    const target = await create({ labels: { service: 'checkout' }, group: 'shop', cooldown_seconds: 60 });
    expect(target).toMatchObject({
      kind: 'webhook',
      is_enabled: true,
      is_protected: false,
      labels: { service: 'checkout' },
      group: 'shop',
      cooldown_seconds: 60,
      hourly_budget: null,
      version: 1,
      secrets: [{ name: 'signing_secret' }],
      created_by: 'admin',
    });
    expect(target.action_types).toHaveLength(10);
    const script = { kind: 'script', settings: { scripts: { cleanup_disk: { script: 'a' } } }, secrets: {} };
    expect((await create(script)).action_types).toEqual([]);
    const { body } = await server.get(`${URL}?kind=script`);
    expect(body.data.pagination.total).toBe(1);
    expect((await server.get(`${URL}?kind=ansible`)).body.data.targets).toEqual([]);
  });

  it('never shows a secret again: not in answers, not in the audit trail, not in a table', async () => {
    const canaries = {
      signing_secret: `whsec_${Buffer.from('canary-one-of-the-signing-secret').toString('base64')}`,
      next_signing_secret: `whsec_${Buffer.from('canary-two-of-the-signing-secret').toString('base64')}`,
      authorization: 'Bearer canary-of-the-authorization',
    };
    const target = await create({ secrets: canaries });
    const answers = [
      await server.get(`${URL}/${target.id}`),
      await server.get(URL),
      await replace(target, { secrets: { authorization: 'Bearer canary-of-the-second-one' } }),
      await server.post(`${URL}/${target.id}/check`),
      await server.post(URL, body({ secrets: { signing_secret: 'canary-that-is-no-secret' } })),
      await server.get('/api/audit?per_page=100'),
    ];
    const tables = await server.database.query<{ text: string }>(
      `SELECT string_agg(row::text, ' ') AS text FROM (
         SELECT t::text AS row FROM remediation_targets t UNION ALL SELECT t::text FROM audit_log t
         UNION ALL SELECT encode(sealed, 'escape') FROM remediation_target_secrets
         UNION ALL SELECT t::text FROM idempotency_keys t) AS rows`,
    );
    for (const text of [...answers.map(({ text }) => text), tables[0].text]) {
      expect(text).not.toMatch(/canary/);
      expect(text).not.toContain(canaries.signing_secret.slice(6));
    }
    expect(answers[4].status).toBe(400);
  });

  it('opens a secret for its own target and name, and for no other', async () => {
    const [one, other] = [await create(), await create({ secrets: {} })];
    await server.database.query(
      `INSERT INTO remediation_target_secrets (target_id, name, sealed, set_by)
       SELECT $2, name, sealed, set_by FROM remediation_target_secrets WHERE target_id = $1`,
      [one.id, other.id],
    );
    const targets = server.app.get(TargetService);
    expect((await targets.open(one.id))?.secrets.open('signing_secret')).toBe(SIGNING_SECRET);
    const stolen = await targets.open(other.id);
    expect(() => stolen?.secrets.open('signing_secret')).toThrow('cannot be opened');
    expect(JSON.stringify(stolen)).not.toContain(SIGNING_SECRET);
  });

  it('is replaced as a whole, by whoever has seen what there is', async () => {
    const target = await create({ description: 'first', hourly_budget: 3 });
    const after = await replace(target, { is_enabled: false, labels: { service: 'search' } });
    expect([after.status, after.body.data.target]).toMatchObject([
      200,
      {
        version: 2,
        is_enabled: false,
        description: null,
        hourly_budget: null,
        secrets: [{ name: 'signing_secret' }],
      },
    ]);
    const late = await replace(target, { is_enabled: true });
    expect([late.status, late.body.code]).toEqual([409, 'remediation/target-changed']);
    expect(late.body.message).toContain('version 2');
    expect(await lastAudit()).toMatchObject({
      action: 'remediation_target.updated',
      before: { description: 'first', is_enabled: true },
      after: { description: null, is_enabled: false },
    });
  });

  it('takes no secret along to another host', async () => {
    const target = await create({
      secrets: { signing_secret: SIGNING_SECRET, authorization: 'Bearer abcdef' },
    });
    const elsewhere = { settings: { url: 'https://evil.example/hook' } };
    const refused = await replace(target, { ...elsewhere, secrets: { signing_secret: SIGNING_SECRET } });
    expect([refused.status, refused.body.code]).toEqual([400, 'remediation/invalid-target']);
    expect(refused.body.message).toContain('authorization');
    const path = await replace(target, { settings: { url: `${receiver.origin}/other` } });
    expect([path.status, path.body.data.target.version]).toEqual([200, 2]);
    const stated = { signing_secret: SIGNING_SECRET, authorization: null };
    const moved = await replace({ ...target, version: 2 }, { ...elsewhere, secrets: stated });
    expect(moved.body.data.target.secrets).toMatchObject([{ name: 'signing_secret' }]);
  });

  it.each<[what: string, more: object, message: RegExp]>([
    ['a kind that there is not', { kind: 'ansible' }, /Invalid kind/],
    ['settings of another kind', { kind: 'kubernetes' }, /settings has no member|settings.server/],
    ['a misspelt member', { settings: { url: 'https://a.example', sucess: {} } }, /"sucess"; known are/],
    ['a URL with a password', { settings: { url: 'https://a:b@c.example/' } }, /user name or password/],
    ['a secret that the kind has not', { secrets: { token: 'x' } }, /no secret "token"/],
    ['a secret that is no text', { secrets: { authorization: 5 } }, /secrets.authorization must be/],
    ['a header that would smuggle another', { secrets: { authorization: 'a\r\nX: y' } }, /one line/],
    ['labels that are none', { labels: { 'a b': 'c' } }, /labels must be/],
    ['a budget below none', { hourly_budget: -1 }, /hourly_budget must be/],
  ])('refuses %s', async (_, more, message) => {
    const answer = await server.post(URL, body(more));
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(message);
  });

  it('has one target of a name', async () => {
    const target = await create();
    expect((await server.post(URL, body({ name: target.name }))).body.code).toBe(
      'remediation/target-name-taken',
    );
  });

  it('tries a webhook without telling it anything, and keeps what was found', async () => {
    const target = await create();
    const found = await server.post(`${URL}/${target.id}/check`);
    expect(found.body.data.check).toEqual({
      is_usable: true,
      message: 'The receiver can be reached and the signing secret is set; nothing was sent',
    });
    expect(receiver.requests).toEqual([]);
    const away = await create({ settings: { url: 'https://not-allowed.example/' } });
    const { check } = (await server.post(`${URL}/${away.id}/check`)).body.data;
    expect(check.is_usable).toBe(false);
    expect(check.message).toContain('not on the egress allow-list');
    expect((await server.get(`${URL}/${away.id}`)).body.data.target).toMatchObject({
      check_error: check.message,
      version: 1,
    });
    expect(await lastAudit()).toMatchObject({
      action: 'remediation_target.checked',
      after: { is_usable: false },
    });
  });

  it('tries a cluster by asking what it may do there', async () => {
    const peer = await KubernetesPeer.start();
    await server.post('/api/admin/egress', { url: peer.target.origin, allow_private: true });
    const target = await create({
      kind: 'kubernetes',
      settings: { server: peer.target.origin, ca: peer.ca, namespaces: ['shop'] },
      secrets: { token: KubernetesPeer.token },
    });
    expect((await server.post(`${URL}/${target.id}/check`)).body.data.check).toMatchObject({
      is_usable: true,
    });
    expect(peer.effects).toEqual([]);
    await peer.target.stop();
  });

  it('is for the anomalies that have its labels, the most particular first, and for none without labels', async () => {
    const targets = server.app.get(TargetService);
    await create({ settings: { url: `${receiver.origin}/all` } });
    const service = await create({ labels: { service: 'bound' } });
    const cluster = await create({ labels: { service: 'bound', cluster: 'a' } });
    const only = await create({
      labels: { service: 'bound', cluster: 'a', zone: '1' },
      settings: { url: receiver.origin, only_mapped_actions: true, actions: { rollback: {} } },
    });
    const bind = async (labels: Record<string, string>, type: 'rollback' | 'custom' = 'custom') =>
      (await targets.bind(labels, type))?.id ?? null;
    expect(await bind({ service: 'bound', host: 'x' })).toBe(service.id);
    expect(await bind({ service: 'bound', cluster: 'a', zone: '1' })).toBe(cluster.id);
    expect(await bind({ service: 'bound', cluster: 'a', zone: '1' }, 'rollback')).toBe(only.id);
    expect(await bind({ service: 'other' })).toBeNull();
    expect(await bind({})).toBeNull();
    await replace(cluster, { labels: { service: 'bound', cluster: 'a' }, is_enabled: false });
    expect(await bind({ service: 'bound', cluster: 'a' })).toBe(service.id);
  });

  it('is seen by those who read, without its settings, and set by admins only', async () => {
    const target = await create();
    for (const role of ['viewer', 'operator'] as const) {
      const token = await server.tokenOf(role);
      const seen = await server.get(`${URL}/${target.id}`, { token });
      expect([seen.status, seen.body.data.target.settings]).toEqual([200, null]);
      for (const answer of [
        await server.post(URL, body(), { token }),
        await server.post(`${URL}/${target.id}/check`, undefined, { token }),
        await server.delete(`${URL}/${target.id}`, { token }),
      ])
        expect(answer.status).toBe(403);
    }
  });

  it('goes with its secrets', async () => {
    const target = await create();
    expect((await server.delete(`${URL}/${target.id}`)).status).toBe(200);
    expect((await server.get(`${URL}/${target.id}`)).status).toBe(404);
    expect(
      await server.database.query('SELECT FROM remediation_target_secrets WHERE target_id = $1', [target.id]),
    ).toEqual([]);
    expect((await server.delete(`${URL}/${target.id}`)).body.code).toBe('remediation/target-not-found');
  });
});
