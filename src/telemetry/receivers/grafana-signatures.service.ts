import type { IncomingHttpHeaders } from 'node:http';

import { Injectable } from '@nestjs/common';

import { Secrets } from '../../auth/secrets.service';
import { Clock } from '../../common/time/clock';
import type { EventSender } from '../integrations/event-sender';
import { HMAC_PURPOSE } from '../integrations/integration.service';
import { IntegrationActivity } from '../integrations/integration-activity.service';
import { verifyGrafana } from '../protocols/grafana-signature';
import { InvalidSignature } from './receiver.errors';

const SIGNATURE_HEADER = 'x-grafana-alerting-signature';
const TIMESTAMP_HEADER = 'x-grafana-alerting-timestamp';

/** Holds the signature of a notification against the integration's secret. */
@Injectable()
export class GrafanaSignatures {
  constructor(
    private readonly secrets: Secrets,
    private readonly activity: IntegrationActivity,
    private readonly clock: Clock,
  ) {}

  /**
   * What a signed delivery is known again by; nothing where the integration has no secret, or the signature holds no time: two deliveries
   * of the same words then have the same signature.
   * Throws  InvalidSignature.
   */
  check({ integration }: EventSender, body: Buffer, headers: IncomingHttpHeaders): string | undefined {
    if (integration === null || integration.hmacSecret === null) return undefined;
    const signature = single(headers[SIGNATURE_HEADER]);
    const timestamp = single(headers[TIMESTAMP_HEADER]);
    const secret = this.secrets.open(integration.hmacSecret, HMAC_PURPOSE);
    const verdict = verifyGrafana(secret, body, { signature, timestamp }, this.clock.now().getTime());
    if (verdict !== 'valid') {
      this.activity.note(integration.id, `The signature is ${verdict}`);
      throw new InvalidSignature();
    }
    return timestamp === undefined ? undefined : signature;
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
