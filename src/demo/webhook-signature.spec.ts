import { Webhook } from 'standardwebhooks';

import { signatureProblem } from './webhook-signature';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const NOW = 1_800_000_000;

function signed(body: string, secret = SECRET) {
  return {
    'webhook-id': 'step-1',
    'webhook-timestamp': String(NOW),
    'webhook-signature': new Webhook(secret).sign('step-1', new Date(NOW * 1_000), body),
  };
}

describe('the signature of a webhook', () => {
  const body = '{"type":"remediation.restart_service"}';

  it('is accepted as the published library makes it', () => {
    expect(signatureProblem(SECRET, signed(body), Buffer.from(body), NOW)).toBeNull();
  });
  it('is accepted beside one of another key, as while keys change', () => {
    const headers = signed(body);
    const both = { ...headers, 'webhook-signature': `v1,${'A'.repeat(43)}= ${headers['webhook-signature']}` };
    expect(signatureProblem(SECRET, both, Buffer.from(body), NOW)).toBeNull();
  });
  it('does not cover another body', () => {
    expect(signatureProblem(SECRET, signed(body), Buffer.from(`${body} `), NOW)).toMatch('not ours');
  });
  it('of somebody else is refused', () => {
    const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    expect(signatureProblem(SECRET, signed(body, other), Buffer.from(body), NOW)).toMatch('not ours');
  });
  it('is refused when it is old', () => {
    expect(signatureProblem(SECRET, signed(body), Buffer.from(body), NOW + 301)).toMatch('too old');
  });
  it('is refused where a header is missing or no number', () => {
    expect(signatureProblem(SECRET, {}, Buffer.from(body), NOW)).toMatch('are needed');
    const odd = { ...signed(body), 'webhook-timestamp': 'now' };
    expect(signatureProblem(SECRET, odd, Buffer.from(body), NOW)).toMatch('too old');
  });
});
