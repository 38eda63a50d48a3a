import { Injectable, OnModuleInit } from '@nestjs/common';

import { EventsService } from '../../events/events.service';
import { AlertIntake } from './alert-intake.service';

/** A limit that holds remediation up is an alert like any other: of one identity, over when it is not told again, grouped and shown with the rest. */
@Injectable()
export class RemediationRailSubscriber implements OnModuleInit {
  constructor(
    private readonly events: EventsService,
    private readonly alerts: AlertIntake,
  ) {}

  onModuleInit(): void {
    this.events.subscribe('remediation.rail_tripped', 'telemetry', async ({ rail, targetId }) => {
      await this.alerts.receive(
        [
          {
            labels: {
              alertname: 'RemediationHeldUp',
              service: 'remediation',
              rail,
              remediation_target: String(targetId),
              severity: 'warning',
            },
            annotations: {
              summary: `Remediation of target ${targetId} is held up: ${rail}`,
              description:
                'A limit of remediation keeps an action from being done, which happens when it seems to run wild. ' +
                'GET /api/remediation/actions?status=in_progress shows what waits, GET /api/remediation/limits the limits.',
            },
            status: 'firing',
            startsAtMs: null,
            endsAtMs: null,
            generatorUrl: null,
            values: null,
          },
        ],
        { source: 'remediation', integrationId: null, isRepeating: true },
      );
    });
  }
}
