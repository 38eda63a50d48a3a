import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { TelemetryService } from '../../telemetry/telemetry.service';
import { alertAnomalyOf } from '../alerts/alert-anomaly';
import { AnomalyHistoryRepository } from '../anomaly-history.repository';
import { AnomalyOpening } from '../anomaly-opening.service';
import { HeldAlert, HeldRepository } from './held.repository';
import { type ActiveSuppressor, heldReasonOf, suppressorOf } from './suppression';

const ALERTS_A_TRANSACTION = 500;

/** Alerts that fired while they were kept quiet: once they are no longer, what fires still opens an anomaly, once; what has recovered is forgotten. */
@Injectable()
export class HeldAlerts {
  constructor(
    private readonly held: HeldRepository,
    private readonly telemetry: TelemetryService,
    private readonly opening: AnomalyOpening,
    private readonly history: AnomalyHistoryRepository,
    private readonly database: Database,
  ) {}

  /** Lets go of every held alert that none of these keeps quiet. Publishes anomaly.opened for each that fires still. */
  async release(active: readonly ActiveSuppressor[]): Promise<void> {
    let page: HeldAlert[];
    let afterId = 0;
    do {
      page = await this.held.listAfter(afterId, ALERTS_A_TRANSACTION);
      if (page.length === 0) return;
      afterId = page[page.length - 1].alertId;
      const ids = page.map(({ alertId }) => alertId);
      await this.database.run(() => this.releaseOf(ids, active));
    } while (page.length === ALERTS_A_TRANSACTION);
  }

  private async releaseOf(ids: readonly number[], active: readonly ActiveSuppressor[]): Promise<void> {
    const firing = new Map((await this.telemetry.findFiringAlerts(ids)).map((alert) => [alert.id, alert]));
    const free = ids.filter((id) => {
      const alert = firing.get(id);
      return alert === undefined || suppressorOf(alert.labels, active) === null;
    });
    if (free.length === 0) return;
    // Whoever takes a row is the only one to deal with it: the end of an alert takes it as well.
    const taken = new Map((await this.held.take(free)).map((row) => [row.alertId, row]));
    const opening = [...taken.values()].flatMap(({ alertId, heldBy, heldAt }) => {
      const alert = firing.get(alertId);
      if (alert === undefined) return [];
      const anomaly = alertAnomalyOf(alert);
      return [{ ...anomaly, explanation: `${heldReasonOf(heldBy, heldAt)} ${anomaly.explanation}` }];
    });
    if (opening.length === 0) return;
    const opened = await this.opening.open(opening);
    await this.history.append(
      opened.map(({ id, status, alertId }) => ({
        anomalyId: id,
        event: 'updated',
        fromStatus: status,
        toStatus: status,
        changes: heldChange(taken.get(alertId as number) as HeldAlert),
      })),
      currentActor(),
    );
  }
}

function heldChange({ heldBy, heldAt }: HeldAlert): object {
  return { held_by: heldBy, held_at: heldAt };
}
