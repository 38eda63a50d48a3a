import type { EndpointKind } from '../notices/message';
import type { NoticeType } from '../notices/notice';
import type { MailSetting } from './endpoint.entity';
import type { SecretChanges } from './endpoint-secrets';

/** What is stated of an endpoint that must fit its kind, and itself. */
export interface StatedEndpoint {
  readonly mail: MailSetting | null;
  readonly events: readonly NoticeType[];
}

/**
 * What of an endpoint does not fit, in a sentence; null where all does.
 * Shape   hasUrl: whether it has one already.
 */
export function endpointProblem(
  kind: EndpointKind,
  { mail, events }: StatedEndpoint,
  changes: SecretChanges,
  hasUrl: boolean,
): string | null {
  if (events.includes('incident_resolved') && !events.includes('incident_opened'))
    return 'incident_resolved goes to whoever was told that the incident had opened: events must have incident_opened as well';
  if (kind === 'email') {
    if (mail === null || mail.recipients.length === 0) return 'an endpoint of kind email needs recipients';
    const [stated] = Object.keys(changes);
    return stated === undefined
      ? null
      : `an endpoint of kind email has no ${stated}: mails go to its recipients by SMTP_HOST`;
  }
  if (mail !== null) return 'recipients and from are of endpoints of kind email only';
  return hasUrl || typeof changes.url === 'string' ? null : `an endpoint of kind ${kind} needs a url`;
}
