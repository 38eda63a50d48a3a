import { Injectable, OnModuleInit } from '@nestjs/common';

import { AlertConsumer } from '../../telemetry/alert-consumer.port';
import { TelemetryService } from '../../telemetry/telemetry.service';
import type { AlertChange, AlertView } from '../../telemetry/telemetry.types';
import { AnomalyService } from '../anomaly.service';
import { AnomalyOpening } from '../anomaly-opening.service';
import { HeldRepository } from '../suppression/held.repository';
import { suppressorOf } from '../suppression/suppression';
import { Suppressors } from '../suppression/suppressors.service';
import { alertAnomalyOf, alertResolutionOf } from './alert-anomaly';
import { AlertAnomalyRepository } from './alert-anomaly.repository';
import { roundsOf } from './alert-rounds';

/**
 * Turns alerts into anomalies: one an episode, and one active at most an alert. The end of an alert resolves its anomaly; one that a person
 * closed stays closed until the alert has been over and fires again. One that is silenced or under maintenance is held.
 */
@Injectable()
export class AlertAnomalies extends AlertConsumer implements OnModuleInit {
  readonly reader = 'anomalies';

  constructor(
    private readonly anomalies: AlertAnomalyRepository,
    private readonly service: AnomalyService,
    private readonly opening: AnomalyOpening,
    private readonly suppressors: Suppressors,
    private readonly held: HeldRepository,
    private readonly telemetry: TelemetryService,
  ) {
    super();
  }

  onModuleInit(): void {
    this.telemetry.consumeAlerts(this);
  }

  async consume(changes: readonly AlertChange[]): Promise<void> {
    for (const round of roundsOf(changes)) {
      await this.resolve(round.filter(({ kind }) => kind === 'resolved').map(({ alert }) => alert));
      await this.open(round.filter(({ kind }) => kind === 'fired').map(({ alert }) => alert));
    }
  }

  /** Opens an anomaly for each that has none; done twice, it is done once. */
  private async open(fired: readonly AlertView[]): Promise<void> {
    if (fired.length === 0) return;
    const known = new Set(await this.anomalies.findAlertIds(fired.map(({ id }) => id)));
    const fresh = fired.filter(({ id }) => !known.has(id));
    if (fresh.length === 0) return;
    const adopted = new Set((await this.anomalies.adopt(fresh)).map(({ alertId }) => alertId));
    const opening = await this.withoutHeld(fresh.filter(({ id }) => !adopted.has(id)));
    await this.opening.open(opening.map(alertAnomalyOf));
  }

  /** Holds those that are kept quiet, and returns the others. */
  private async withoutHeld(fired: readonly AlertView[]): Promise<AlertView[]> {
    const active = await this.suppressors.listActive();
    const kept = fired.flatMap(({ id, labels }) => {
      const heldBy = suppressorOf(labels, active);
      return heldBy === null ? [] : [{ alertId: id, labels, heldBy }];
    });
    if (kept.length > 0) await this.held.hold(kept);
    const ids = new Set(kept.map(({ alertId }) => alertId));
    return fired.filter(({ id }) => !ids.has(id));
  }

  private async resolve(ended: readonly AlertView[]): Promise<void> {
    if (ended.length === 0) return;
    // What recovers while it is held is never told of. Taken before looking for anomalies: who lets go of it at this moment opens one first.
    await this.held.take(ended.map(({ id }) => id));
    const active = await this.anomalies.lockActive(ended.map(({ id }) => id));
    const resolutions = new Map(ended.map((alert) => [alert.id, alertResolutionOf(alert)]));
    const words = new Set(resolutions.values());
    for (const resolution of words) {
      const resolved = active.filter(
        ({ alertId }) => alertId !== null && resolutions.get(alertId) === resolution,
      );
      await this.service.moveMany(resolved, 'resolve', { resolution });
    }
  }
}
