import { Injectable } from '@nestjs/common';

import { EventSender, integrationSender } from '../integrations/event-sender';
import { IntegrationRepository } from '../integrations/integration.repository';
import { QuarantineService } from '../quarantine/quarantine.service';
import { QuarantinedEvent } from '../quarantine/quarantined-event.entity';
import { EventIntake } from './event-intake.service';

/** Reads events out of quarantine again, once what was wrong is mended. */
@Injectable()
export class EventReplay {
  constructor(
    private readonly quarantine: QuarantineService,
    private readonly intake: EventIntake,
    private readonly integrations: IntegrationRepository,
  ) {}

  /**
   * Takes an event as its sender's integration reads events now; returns how much it told.
   * Throws  InvalidEvent where it still cannot be taken: it stays; a conflict where not all of it was kept; a not-found error.
   */
  async replay(id: number): Promise<number> {
    let accepted = 0;
    await this.quarantine.release(id, async (event) => {
      accepted = (await this.intake.take(await this.senderOf(event), event)).length;
    });
    return accepted;
  }

  private async senderOf({ sender, integrationId }: QuarantinedEvent): Promise<EventSender> {
    const integration = integrationId === null ? null : await this.integrations.find(integrationId);
    return integration === null ? { name: sender, integration: null } : integrationSender(integration);
  }
}
