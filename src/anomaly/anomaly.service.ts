import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service';
import { Clock } from '../common/time/clock';
import { Database } from '../database/database';
import { EventsService } from '../events/events.service';
import { currentActor } from '../observability/request-context';
import { AlertAnomalyRepository } from './alerts/alert-anomaly.repository';
import { Anomaly } from './anomaly.entity';
import {
  AlertAnomalyActive,
  AnomalyNotFound,
  AnomalyVerbRefused,
  AnomalyVersionConflict,
  SeriesAnomalyActive,
} from './anomaly.errors';
import { AnomalyRepository } from './anomaly.repository';
import { AnomalyEdit, AnomalyEnd, NewAnomaly, Resolution } from './anomaly.types';
import { changeOf, stamp } from './anomaly-change';
import { AnomalyComment } from './anomaly-comment.entity';
import type { AnomalyConsumer } from './anomaly-consumer.port';
import { AnomalyFeed } from './anomaly-feed.service';
import { AnomalyHistoryRepository } from './anomaly-history.repository';
import { isActive, PAST, Status, statusAfter, Verb, verbTo } from './anomaly-lifecycle';
import { IncidentSettlement } from './incidents/incident-settlement.service';

/** Anomalies and what people do with them. Every change writes its history, its audit row and its event in one transaction. */
@Injectable()
export class AnomalyService {
  constructor(
    private readonly anomalies: AnomalyRepository,
    private readonly alertAnomalies: AlertAnomalyRepository,
    private readonly history: AnomalyHistoryRepository,
    private readonly audit: AuditService,
    private readonly events: EventsService,
    private readonly settlement: IncidentSettlement,
    private readonly feed: AnomalyFeed,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The anomaly, or null where there is none that can be seen. */
  find(id: number): Promise<Anomaly | null> {
    return this.anomalies.find(id);
  }

  /** Throws AnomalyNotFound. */
  async get(id: number): Promise<Anomaly> {
    const anomaly = await this.anomalies.find(id);
    if (anomaly === null) throw new AnomalyNotFound(id);
    return anomaly;
  }

  /** Hands each opening to the consumer once, from now on, or from the start of the application on. */
  follow(consumer: AnomalyConsumer): void {
    this.feed.register(consumer);
  }

  /** How often an anomaly has opened, reopenings included. */
  countOpenings(id: number): Promise<number> {
    return this.history.countOpenings(id);
  }

  /** How an anomaly ended; null while it goes on. */
  findEnd(id: number): Promise<AnomalyEnd | null> {
    return this.history.findEnd(id);
  }

  /** Reports one anomaly. Publishes anomaly.opened. */
  async create(anomaly: NewAnomaly): Promise<Anomaly> {
    return (
      await this.announceOpened(async () => [await this.anomalies.open(anomaly, this.audit.signature())])
    )[0];
  }

  /** Reports anomalies, all or none. Publishes anomaly.opened for each. */
  createMany(anomalies: readonly NewAnomaly[]): Promise<Anomaly[]> {
    return this.announceOpened(() => this.anomalies.openMany(anomalies, this.audit.signature()));
  }

  /**
   * Edits members and, through the lifecycle, the status.
   * Throws AnomalyNotFound, AnomalyVersionConflict, AnomalyVerbRefused. Publishes the verb's event where the status changes.
   */
  update(id: number, edit: AnomalyEdit, status?: Status, version?: number): Promise<Anomaly> {
    return this.database.run(async () => {
      const anomaly = await this.lock(id, version);
      const changed = changeOf(anomaly, edit);
      if (changed !== null) {
        Object.assign(anomaly, changed.members);
        await this.history.append(
          [
            {
              anomalyId: id,
              event: 'updated',
              fromStatus: anomaly.status,
              toStatus: anomaly.status,
              changes: changed.after,
            },
          ],
          currentActor(),
        );
        await this.audit.record({
          action: 'anomaly.updated',
          subjectType: 'anomaly',
          subjectId: id,
          before: changed.before,
          after: changed.after,
        });
      }
      if (status !== undefined && status !== anomaly.status) return this.move(anomaly, verbTo(status));
      if (changed === null) return anomaly;
      const saved = await this.anomalies.save(anomaly);
      if (edit.severity !== undefined) await this.settlement.settle([anomaly.incidentId]);
      return saved;
    });
  }

  /** Throws AnomalyNotFound, AnomalyVersionConflict, AnomalyVerbRefused. Publishes anomaly.acknowledged unless it was so already. */
  acknowledge(id: number, version?: number): Promise<Anomaly> {
    return this.database.run(async () => this.move(await this.lock(id, version), 'acknowledge'));
  }

  /** Throws as `acknowledge` does. Publishes anomaly.resolved. */
  resolve(id: number, { resolution, rootCause }: Resolution, version?: number): Promise<Anomaly> {
    return this.database.run(async () => {
      const anomaly = await this.lock(id, version);
      return this.move(anomaly, 'resolve', {
        ...(resolution !== undefined && { resolution }),
        ...(rootCause !== undefined && { rootCause }),
      });
    });
  }

  /** It was no anomaly. Throws as `acknowledge` does. Publishes anomaly.dismissed. */
  dismiss(id: number, version?: number): Promise<Anomaly> {
    return this.database.run(async () => this.move(await this.lock(id, version), 'dismiss'));
  }

  /** It is not over. Throws as `acknowledge` does, SeriesAnomalyActive and AlertAnomalyActive. Publishes anomaly.reopened. */
  reopen(id: number, version?: number): Promise<Anomaly> {
    return this.database.run(async () => this.move(await this.lock(id, version), 'reopen'));
  }

  /** Acknowledges what can be, and says of each of the others why not. */
  acknowledgeMany(
    ids: readonly number[],
  ): Promise<{ acknowledged: number[]; unchanged: number[]; refused: { id: number; message: string }[] }> {
    return this.database.run(async () => {
      const found = new Map((await this.anomalies.lockMany(ids)).map((anomaly) => [anomaly.id, anomaly]));
      const outcome = {
        acknowledged: [] as number[],
        unchanged: [] as number[],
        refused: [] as { id: number; message: string }[],
      };
      for (const id of new Set(ids)) {
        const anomaly = found.get(id);
        if (anomaly === undefined) outcome.refused.push({ id, message: new AnomalyNotFound(id).message });
        else if (anomaly.status === 'acknowledged') outcome.unchanged.push(id);
        else if (statusAfter(anomaly.status, 'acknowledge') === null)
          outcome.refused.push({
            id,
            message: new AnomalyVerbRefused(anomaly.status, 'acknowledge').message,
          });
        else {
          await this.move(anomaly, 'acknowledge');
          outcome.acknowledged.push(id);
        }
      }
      return outcome;
    });
  }

  /** Hides an anomaly; its history stays. Throws AnomalyNotFound, AnomalyVersionConflict. */
  delete(id: number, version?: number): Promise<void> {
    return this.database.run(async () => {
      const anomaly = await this.lock(id, version);
      anomaly.deletedAt = this.clock.now();
      await this.anomalies.save(anomaly);
      await this.history.append(
        [{ anomalyId: id, event: 'deleted', fromStatus: anomaly.status, toStatus: anomaly.status }],
        currentActor(),
      );
      await this.audit.record({
        action: 'anomaly.deleted',
        subjectType: 'anomaly',
        subjectId: id,
        before: { title: anomaly.title, status: anomaly.status },
      });
      await this.settlement.settle([anomaly.incidentId]);
    });
  }

  /** Throws AnomalyNotFound. */
  comment(id: number, body: string): Promise<AnomalyComment> {
    return this.database.run(async () => {
      const anomaly = await this.lock(id);
      const comment = await this.history.addComment(id, body, currentActor());
      await this.history.append(
        [
          {
            anomalyId: id,
            event: 'commented',
            fromStatus: anomaly.status,
            toStatus: anomaly.status,
            changes: { comment_id: comment.id },
          },
        ],
        currentActor(),
      );
      await this.audit.record({
        action: 'anomaly.commented',
        subjectType: 'anomaly',
        subjectId: id,
        after: { comment_id: comment.id },
      });
      return comment;
    });
  }

  /** Does a verb to a locked anomaly; repeating one changes nothing. Also saves what else was edited on it. */
  async move(
    anomaly: Anomaly,
    verb: Verb,
    extra: Partial<Pick<Anomaly, 'resolution' | 'rootCause'>> = {},
  ): Promise<Anomaly> {
    const from = anomaly.status;
    const to = statusAfter(from, verb);
    if (to === null) throw new AnomalyVerbRefused(from, verb);
    if (to === from && Object.keys(extra).length === 0) return anomaly;
    if (!isActive(from) && isActive(to)) await this.requireNoneActive(anomaly);
    const actor = currentActor();
    Object.assign(anomaly, extra, to === from ? {} : stamp(to, actor.name, this.clock.now()));
    const saved = await this.anomalies.save(anomaly);
    const event = to === from ? 'updated' : PAST[verb];
    await this.history.append(
      [
        {
          anomalyId: anomaly.id,
          event,
          fromStatus: from,
          toStatus: to,
          changes: Object.keys(extra).length > 0 ? extra : null,
        },
      ],
      actor,
    );
    await this.audit.record({
      action: `anomaly.${event}`,
      subjectType: 'anomaly',
      subjectId: anomaly.id,
      before: { status: from },
      after: { status: to, ...extra },
    });
    if (to !== from) await this.announce(verb, saved);
    if (isActive(from) !== isActive(to)) await this.settlement.settle([saved.incidentId]);
    return saved;
  }

  /** Does a verb to locked active anomalies; repeating one changes nothing. Returns those that changed. Publishes the verb's event for each. */
  moveMany(
    anomalies: readonly Anomaly[],
    verb: Extract<Verb, 'acknowledge' | 'resolve'>,
    extra: Resolution = {},
  ): Promise<Anomaly[]> {
    const ids = anomalies.map(({ id }) => id);
    if (ids.length === 0) return Promise.resolve([]);
    return this.database.run(async () => {
      const moved = await this.audit.recorded(() =>
        this.anomalies.moveMany(ids, PAST[verb], extra, this.audit.signature()),
      );
      for (const { id: anomalyId } of moved)
        await this.events.publish(`anomaly.${PAST[verb]}`, { anomalyId });
      if (verb === 'resolve') await this.settlement.settle(moved.map(({ incidentId }) => incidentId));
      return moved;
    });
  }

  /** Opening is one statement, and so a transaction by itself where nobody listens. */
  private announceOpened(open: () => Promise<Anomaly[]>): Promise<Anomaly[]> {
    const recorded = () => this.audit.recorded(open);
    if (!this.events.isHeard('anomaly.opened')) return recorded();
    return this.database.run(async () => {
      const opened = await recorded();
      for (const { id, seriesId } of opened)
        await this.events.publish('anomaly.opened', { anomalyId: id, seriesId });
      return opened;
    });
  }

  /** Throws SeriesAnomalyActive or AlertAnomalyActive. */
  private async requireNoneActive({ id, seriesId, alertIdentity }: Anomaly): Promise<void> {
    if (seriesId !== null && (await this.anomalies.findActive(seriesId)) !== null)
      throw new SeriesAnomalyActive(id);
    if (alertIdentity !== null && (await this.alertAnomalies.findActive(alertIdentity)) !== null)
      throw new AlertAnomalyActive(id);
  }

  private async announce(verb: Verb, { id: anomalyId, seriesId }: Anomaly): Promise<void> {
    if (verb === 'reopen') await this.events.publish('anomaly.reopened', { anomalyId, seriesId });
    else await this.events.publish(`anomaly.${PAST[verb]}`, { anomalyId });
  }

  private async lock(id: number, version?: number): Promise<Anomaly> {
    const anomaly = await this.anomalies.lock(id);
    if (anomaly === null) throw new AnomalyNotFound(id);
    if (version !== undefined && version !== anomaly.version)
      throw new AnomalyVersionConflict(id, version, anomaly.version);
    return anomaly;
  }
}
