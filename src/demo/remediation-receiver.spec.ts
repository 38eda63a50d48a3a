import { Webhook } from 'standardwebhooks';

import { RemediationReceiver } from './remediation-receiver';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const NOW = 1_800_000_000;
const RESTART = '{"type":"remediation.restart_service","data":{}}';

describe('the receiver of remediation orders', () => {
  let restarts: number;
  let receiver: RemediationReceiver;

  beforeEach(() => {
    restarts = 0;
    receiver = new RemediationReceiver(SECRET, {
      'remediation.restart_service': () => `restart ${++restarts}`,
      'remediation.scale_up': () => 'scaled',
    });
  });

  const send = (body: string, key: string | undefined = 'step-1', secret = SECRET) =>
    receiver.receive(
      {
        'webhook-id': 'step-1',
        'webhook-timestamp': String(NOW),
        'webhook-signature': new Webhook(secret).sign('step-1', new Date(NOW * 1_000), body),
        ...(key !== '' && { 'idempotency-key': key }),
      },
      Buffer.from(body),
      NOW,
    );

  it('restarts on a signed order', () => {
    expect(send(RESTART)).toEqual({ status: 200, body: { status: 'done', message: 'restart 1' } });
  });
  it('does what the order says, and nothing else', () => {
    expect(send('{"type":"remediation.scale_up"}').body).toEqual({ status: 'done', message: 'scaled' });
    expect(restarts).toBe(0);
  });
  it('answers a repeated order as the first time, and does nothing', () => {
    expect(send(RESTART)).toEqual(send(RESTART));
    expect(restarts).toBe(1);
  });
  it('does a new order anew', () => {
    send(RESTART, 'step-1');
    send(RESTART, 'step-2');
    expect(restarts).toBe(2);
  });
  it.each([
    ['unsigned', RESTART, 'step-1', `whsec_${Buffer.alloc(32, 8).toString('base64')}`, 401],
    ['without a key', RESTART, '', SECRET, 400],
    ['to do something else', '{"type":"toString"}', 'step-1', SECRET, 400],
    ['that is no JSON', 'restart', 'step-1', SECRET, 400],
  ])('refuses an order %s', (_, body, key, secret, status) => {
    expect(send(body, key, secret).status).toBe(status);
    expect(restarts).toBe(0);
  });
  it('refuses another order under a key that was used', () => {
    send(RESTART);
    expect(send(`${RESTART} `).status).toBe(422);
    expect(restarts).toBe(1);
  });
});
