import { Injectable, OnApplicationBootstrap } from '@nestjs/common';

import { ServerConfig } from '../../config/sections';
import { Candidate, Leadership } from '../../database/leadership';
import { Log } from '../../observability/log';
import { HeldAlerts } from './held-alerts.service';
import { signatureOf } from './suppression';
import { SuppressionMarks } from './suppression-marks.service';
import { Suppressors } from './suppressors.service';

const INTERVAL_MS = 1_000;
/** However unchanged silences and windows are, an anomaly may have been opened while the last look was under way. */
const LOOKS_BETWEEN_FULL_ONES = 30;

/** Sees, within a second or two and in one process at a time, that a silence or a window has begun or ended. */
@Injectable()
export class SuppressionWatch implements Candidate, OnApplicationBootstrap {
  private timer: NodeJS.Timeout | null = null;
  private look: Promise<void> | null = null;
  private lastSignature: string | null = null;
  private looksSinceFull = 0;

  constructor(
    private readonly suppressors: Suppressors,
    private readonly held: HeldAlerts,
    private readonly marks: SuppressionMarks,
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
    const active = await this.suppressors.listActive();
    await this.held.release(active);
    const signature = signatureOf(active);
    this.looksSinceFull += 1;
    if (signature === this.lastSignature && this.looksSinceFull <= LOOKS_BETWEEN_FULL_ONES) return;
    await this.marks.renew(active);
    this.lastSignature = signature;
    this.looksSinceFull = 0;
  }
}
