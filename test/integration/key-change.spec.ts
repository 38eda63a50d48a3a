import { EndpointVault } from '../../src/notification/endpoints/endpoint-vault.service';
import { TargetSecrets } from '../../src/remediation/targets/target-secrets.service';
import { TestApp } from '../support/test-app';

const FORMER = 'the-former-key-of-the-tests-that-is-long-enough';
const PRESENT = 'the-present-key-of-the-tests-that-is-long-enough';
const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const URL = 'https://ops.example/notify';

describe('a change of the key that seals secrets', () => {
  let first: TestApp;
  let targetId: number;
  let endpointId: number;

  beforeAll(async () => {
    first = await TestApp.start({ SECRETS_KEY: FORMER });
    await first.post('/api/admin/egress', { url: 'https://ops.example', allow_private: true });
    const target = await first.post('/api/remediation/targets', {
      name: 'cart',
      kind: 'webhook',
      labels: { service: 'cart' },
      settings: { url: 'https://ops.example/act' },
      secrets: { signing_secret: SIGNING_SECRET },
    });
    expect(target.status).toBe(201);
    targetId = Object.values<{ id: number }>(target.body.data)[0].id;
    const endpoint = await first.post('/api/notifications/endpoints', {
      name: 'on-call',
      kind: 'webhook',
      url: URL,
      secrets: { signing_secret: SIGNING_SECRET },
    });
    expect(endpoint.status).toBe(201);
    endpointId = Object.values<{ id: number }>(endpoint.body.data)[0].id;
  });
  afterAll(() => first.stop());

  /** What a process with these keys can open, and what its start has sealed anew. */
  async function startWith(keys: Record<string, string>): Promise<{ opened: unknown[]; sealedAnew: number }> {
    const app = await TestApp.start(keys, first.database);
    try {
      const { url } = await app.app.get(EndpointVault).open(endpointId);
      const secrets = await app.app.get(TargetSecrets).of(targetId);
      const [{ count }] = await app.database.query<{ count: number }>(
        `SELECT coalesce(sum((after ->> 'renewed')::integer), 0)::integer AS count FROM audit_log WHERE action = 'secrets.sealed_anew'`,
      );
      return { opened: [url, secrets.open('signing_secret')], sealedAnew: count };
    } finally {
      await app.stop();
    }
  }

  it('loses nothing where the former one is given, and needs it no longer afterwards', async () => {
    await expect(startWith({ SECRETS_KEY: PRESENT })).rejects.toThrow('SECRETS_KEY_PREVIOUS');
    const both = await startWith({ SECRETS_KEY: PRESENT, SECRETS_KEY_PREVIOUS: FORMER });
    expect(both).toEqual({ opened: [URL, SIGNING_SECRET], sealedAnew: 3 });
    const again = await startWith({ SECRETS_KEY: PRESENT, SECRETS_KEY_PREVIOUS: FORMER });
    expect(again.sealedAnew).toBe(3);
    expect(await startWith({ SECRETS_KEY: PRESENT })).toMatchObject({ opened: [URL, SIGNING_SECRET] });
  });

  it('opens what another process has sealed anew already, where each knows both', async () => {
    const slow = await startWith({ SECRETS_KEY: FORMER, SECRETS_KEY_PREVIOUS: PRESENT });
    expect(slow.opened).toEqual([URL, SIGNING_SECRET]);
  });
});
