import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { AnomalyHistoryRepository } from '../anomaly-history.repository';
import { FoundAnomalies } from '../found-anomalies.service';
import type { FoundTrouble } from '../metric-anomaly';
import { HeldFinding, HeldRepository, ToldFinding } from './held.repository';
import { heldReasonOf, type HoldableTrouble, holderOf, type Holders, passReasonOf } from './suppression';

const FINDINGS_A_TRANSACTION = 500;

/**
 * What detection found while something kept it quiet: once that is over, what goes on opens an anomaly, once; what has ended is forgotten.
 * A series has one at most.
 */
@Injectable()
export class HeldFindings {
  constructor(
    private readonly held: HeldRepository,
    private readonly found: FoundAnomalies,
    private readonly history: AnomalyHistoryRepository,
    private readonly database: Database,
  ) {}

  /** What is held of a series, locked until the transaction ends. */
  lock(seriesId: number): Promise<HeldFinding | null> {
    return this.held.lockFinding(seriesId);
  }

  /** For an episode that begins. Publishes anomaly.opened or anomaly.reopened where nothing holds it. */
  async openOrHold(found: FoundTrouble, holders: Holders): Promise<void> {
    const { seriesId } = found.anomaly.metric;
    // What was held of an episode whose end nobody saw (its detector was paused) is no part of this one.
    await this.held.takeFindings([seriesId]);
    const trouble = troubleOf(found, null);
    const holder = holderOf(trouble, holders);
    if (holder !== null) await this.held.holdFinding(holder.suppressor, found);
    else await this.found.open(found, passReasonOf(trouble, holders));
  }

  /** For an episode that goes on while it is held, perhaps worse: told of as soon as nothing holds it. */
  async goOn(found: FoundTrouble, held: HeldFinding, holders: Holders): Promise<void> {
    if (holderOf(troubleOf(found, held.heldAt), holders) !== null) {
      await this.held.renewFinding(found);
      return;
    }
    await this.forget(found.anomaly.metric.seriesId);
    await this.open(found, held);
  }

  /** An episode that has ended while it was held, or whose series is no more. */
  async forget(seriesId: number): Promise<void> {
    await this.held.takeFindings([seriesId]);
  }

  /** Tells of everything that nothing holds any more, as detection last told it. */
  async release(holders: Holders): Promise<void> {
    let page: readonly ToldFinding[];
    let afterId = 0;
    do {
      page = await this.held.listFindingsAfter(afterId, FINDINGS_A_TRANSACTION);
      if (page.length === 0) return;
      afterId = page[page.length - 1].seriesId;
      const free = page.filter(({ found, heldAt }) => holderOf(troubleOf(found, heldAt), holders) === null);
      if (free.length > 0)
        await this.database.run(() => this.releaseOf(free.map(({ seriesId }) => seriesId)));
    } while (page.length === FINDINGS_A_TRANSACTION);
  }

  private async releaseOf(seriesIds: readonly number[]): Promise<void> {
    // Whoever takes a row is the only one to deal with it: the end of an episode takes it as well.
    const taken = await this.held.takeFindings(seriesIds);
    for (const one of taken) if (one.found !== null) await this.open(one.found, one);
  }

  private async open(found: FoundTrouble, { heldBy, heldAt }: HeldFinding): Promise<void> {
    const { id, status } = await this.found.open(found, heldReasonOf(heldBy, heldAt, found.anomaly.severity));
    await this.history.append(
      [
        {
          anomalyId: id,
          event: 'updated',
          fromStatus: status,
          toStatus: status,
          changes: { held_by: heldBy, held_at: heldAt },
        },
      ],
      currentActor(),
    );
  }
}

function troubleOf({ anomaly }: FoundTrouble, heldAt: Date | null): HoldableTrouble {
  return { labels: anomaly.labels ?? {}, severity: anomaly.severity, heldAt };
}
