import { generateKeyPairSync } from 'node:crypto';

import { selfSigned } from '../../../test/support/self-signed';
import type { TargetKind } from './target-kind';
import { destinationsOf, readSecrets, secretsLedAway } from './target-rules';

const { certificate, key } = selfSigned('cluster.example');

describe('the secrets of a target', () => {
  const encrypted = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
  }).privateKey;

  it.each<[kind: TargetKind, secrets: Record<string, unknown>]>([
    ['webhook', { signing_secret: Buffer.alloc(32).toString('base64'), authorization: 'Basic abc' }],
    ['kubernetes', { token: 'abc', client_certificate: certificate, client_key: key }],
    ['aws', { access_key_id: 'AKIA', secret_access_key: 'x', session_token: 'y' }],
  ])('of kind %s may be set', (kind, secrets) =>
    expect([...readSecrets(kind, secrets).set.keys()]).toEqual(Object.keys(secrets)),
  );

  it.each<[kind: TargetKind, secrets: Record<string, unknown>, reason: string]>([
    ['webhook', { signing_secret: 'hunter2' }, 'openssl rand'],
    ['webhook', { authorization: 'a\nb' }, 'one line'],
    ['webhook', { password: 'hunter2' }, 'known are: signing_secret'],
    ['kubernetes', { client_certificate: 'hunter2' }, 'a certificate in PEM'],
    ['kubernetes', { client_key: certificate }, 'a private key in PEM'],
    ['kubernetes', { client_key: encrypted }, 'without a passphrase'],
    ['aws', { access_key_id: 5 }, 'one line'],
    ['script', { token: 'hunter2' }, 'known are: none'],
    ['aws', { __proto__x: 'hunter2', toString: 'hunter2' }, 'no secret'],
  ])('of kind %s are refused, and not repeated: %j', (kind, secrets, reason) => {
    expect(() => readSecrets(kind, secrets)).toThrow(reason);
    expect(() => readSecrets(kind, secrets)).toThrow(/^(?!.*hunter2)/);
  });

  it('go where null or nothing is in their place', () =>
    expect(readSecrets('aws', { session_token: null, access_key_id: '' }).removed).toEqual([
      'session_token',
      'access_key_id',
    ]));

  it('stay with their place: they are stated again, or taken away, where it changes', () => {
    const [a, b] = [['https://a:443'], ['https://b:443']];
    const changes = (secrets: Record<string, unknown>) => readSecrets('aws', secrets);
    const kept = ['access_key_id', 'secret_access_key'];
    expect(secretsLedAway(kept, changes({}), a, a)).toEqual([]);
    expect(secretsLedAway(kept, changes({}), a, b)).toEqual(kept);
    expect(secretsLedAway(kept, changes({ access_key_id: 'x', secret_access_key: null }), a, b)).toEqual([]);
    expect(secretsLedAway(kept, changes({ access_key_id: 'x' }), a, [])).toEqual(['secret_access_key']);
  });
});

describe('where a target leads to', () => {
  it.each<[kind: TargetKind, settings: any, destinations: string[]]>([
    ['webhook', { url: 'https://a.example/x' }, ['https://a.example/x']],
    ['kubernetes', { server: 'https://k.example:6443', namespaces: ['shop'] }, ['https://k.example:6443']],
    [
      'aws',
      { region: 'eu-west-1', actions: { scale_up: { operation: 'asg_scale', groups: ['web'] } } },
      ['https://eu-west-1.amazonaws.com'],
    ],
    ['script', { scripts: { cleanup_disk: { script: 'a' } } }, []],
  ])('%s', (kind, settings, destinations) => expect(destinationsOf(kind, settings)).toEqual(destinations));

  it('is not asked of settings without an end, or of an authority that is none', () => {
    expect(() => destinationsOf('webhook', { url: 'https://a.example/', x: 'y'.repeat(70_000) })).toThrow(
      'at most 65536',
    );
    const settings = { server: 'https://k.example', namespaces: ['shop'], ca: 'nobody' };
    expect(() => destinationsOf('kubernetes', settings)).toThrow('settings.ca must be a certificate');
  });
});
