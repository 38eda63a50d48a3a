import { readSigningSecret, signatureHeaders } from './webhook-signature';

describe('a webhook signature', () => {
  it('is that of the example of Standard Webhooks', () => {
    const key = readSigningSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const at = new Date(1_614_265_330_000);
    expect(
      signatureHeaders([key as Buffer], 'msg_p5jXN8AQM9LWM0D4loKWxJek', at, '{"test": 2432232314}'),
    ).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it.each([
    ['', 'nothing'],
    ['whsec_', 'no key'],
    ['secret', 'a word'],
    [`whsec_${Buffer.alloc(23).toString('base64')}`, '23 bytes'],
    [`whsec_${Buffer.alloc(65).toString('base64')}`, '65 bytes'],
    [`whsec_${'*'.repeat(44)}`, 'no base64'],
  ])('has no key in %j: %s', (secret) => expect(readSigningSecret(secret)).toBeNull());

  it.each([24, 32, 64])('has a key of %i bytes', (bytes) => {
    const key = Buffer.alloc(bytes, 1);
    expect(readSigningSecret(`whsec_${key.toString('base64')}`)).toEqual(key);
    expect(readSigningSecret(key.toString('base64'))).toEqual(key);
  });
});
