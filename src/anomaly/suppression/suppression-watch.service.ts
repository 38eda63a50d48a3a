import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Candidate, Leadership } from '../../database/leadership';
import { Log } from '../../observability/log';
import { AnomalyMarkRepository } from '../anomaly-mark.repository';
import { Inhibition } from '../inhibition/inhibition.service';
import { HeldAlerts } from './held-alerts.service';
import { HeldFindings } from './held-findings.service';
import { signatureOf } from './suppression';
import { SuppressionMarks } from './suppression-marks.service';
import { Suppressors } from './suppressors.service';

const INTERVAL_MS = 1_000;
/** However unchanged silences and windows are, an anomaly may have been opened while the last look was under way. */
const LOOKS_BETWEEN_FULL_ONES = 30;

/** Sees, within a second or two and in one process at a time, that a silence or a window has begun or ended, or a cause has. */
@Injectable()
export class SuppressionWatch implements Candidate, OnApplicationBootstrap {
  private timer: NodeJS.Timeout | null = null;
  private look: Promise<void> | null = null;
  private lastSignature: string | null = null;
  private lastPosition: string | null = null;
  private looksSinceFull = 0;

  constructor(
    private readonly suppressors: Suppressors,
    private readonly held: HeldAlerts,
    private readonly heldFindings: HeldFindings,
    private readonly marks: SuppressionMarks,
    private readonly inhibition: Inhibition,
    private readonly anomalies: AnomalyMarkRepository,
    private readonly leadership: Leadership,
    private readonly server: ServerConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (this.server.role !== 'api') this.leadership.campaign('anomalies.suppression', this);
  }

  async elected(): Promise<void> {
    this.lastSignature = null;
    this.timer = setInterval(() => void this.tick(), INTERVAL_MS);
  }

  async deposed(): Promise<void> {
    clearInterval(this.timer ?? undefined);
    this.timer = null;
    await this.look;
  }

  private async tick(): Promise<void> {
    if (this.look !== null) return;
    this.look = this.lookOnce()
      .catch((error: unknown) =>
        this.log.warn(
          { reason: (error as Error).message },
          'what is kept quiet cannot be looked at at present',
        ),
      )
      .then(() => {
        this.look = null;
      });
    await this.look;
  }

  private async lookOnce(): Promise<void> {
    const holders = await this.suppressors.listHolders();
    const active = holders.suppressors;
    await this.held.release(active);
    await this.heldFindings.release(holders);
    // Read before the looks: what changes during one is seen by the next.
    const position = await this.anomalies.position();
    const signature = signatureOf(active);
    this.looksSinceFull += 1;
    const isFull = this.looksSinceFull > LOOKS_BETWEEN_FULL_ONES;
    if (isFull || signature !== this.lastSignature) await this.marks.renew(active);
    if (isFull || signature !== this.lastSignature || position !== this.lastPosition)
      await this.inhibition.renew();
    [this.lastSignature, this.lastPosition] = [signature, position];
    if (isFull) this.looksSinceFull = 0;
  }
}
