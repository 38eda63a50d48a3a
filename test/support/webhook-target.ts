import { randomBytes } from 'node:crypto';

import { RecordingTarget } from './recording-target';
import type { AdminCall } from './remediation-processes';

/** Sets a receiver up as a target, as an admin would: the way out is allowed, a secret signs. */
export async function addWebhookTarget(
  call: AdminCall,
  receiver: RecordingTarget,
  name: string,
  settings: object = {},
): Promise<{ id: number }> {
  const url = `${receiver.origin}/`;
  const { egress_rules: rules } = await call('GET', '/api/admin/egress');
  if (!rules.some((rule: { port: number }) => rule.port === receiver.port))
    await call('POST', '/api/admin/egress', { url, allow_private: true });
  const { target } = await call('POST', '/api/remediation/targets', {
    name,
    kind: 'webhook',
    settings: { url, ...settings },
    secrets: { signing_secret: `whsec_${randomBytes(32).toString('base64')}` },
  });
  return target as { id: number };
}
