import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { AlertIntake } from '../alerts/alert-intake.service';
import { checkAlertLabels } from '../alerts/alert-labels';
import type { AlertSignal } from '../alerts/alert-signal';
import { Heartbeat } from './heartbeat.entity';
import { HeartbeatChange, HeartbeatRepository, NewHeartbeat } from './heartbeat.repository';
import { heartbeatAlert } from './heartbeat-alert';

export class HeartbeatNotFound extends DomainError {
  constructor(which: string) {
    super('not_found', 'heartbeat/not-found', `Heartbeat ${which} not found`);
  }
}

/**
 * Waits for what must tell that it lives, and alerts where it does not. Every step holds the monitor's row, and its alert is stored before the
 * step commits: a process that dies in between does the step again, and an alert that is told twice is one alert.
 */
@Injectable()
export class HeartbeatService {
  constructor(
    private readonly heartbeats: HeartbeatRepository,
    private readonly alerts: AlertIntake,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  list(): Promise<Heartbeat[]> {
    return this.heartbeats.list();
  }

  /** Throws  HeartbeatNotFound. */
  async get(id: number): Promise<Heartbeat> {
    return known(`with ID ${id}`, await this.heartbeats.find(id));
  }

  /** Waits for a heartbeat from now on. Throws  InvalidAlert where the labels cannot be an alert's, and a conflict where the name is taken. */
  add(order: Omit<NewHeartbeat, 'createdBy'>): Promise<Heartbeat> {
    checkAlertLabels({ ...order.labels, heartbeat: order.name });
    return this.database.run(async () => {
      const heartbeat = await this.heartbeats.insert({ ...order, createdBy: currentActor().name });
      if (heartbeat === null)
        throw new DomainError(
          'conflict',
          'heartbeat/name-taken',
          `There is a heartbeat ${order.name} already`,
        );
      await this.record('heartbeat.created', heartbeat.id, { after: described(heartbeat) });
      return heartbeat;
    });
  }

  /** Changes what is waited for, and waits anew: an alert that fires for it is over. Throws  HeartbeatNotFound, InvalidAlert. */
  change(id: number, change: HeartbeatChange): Promise<Heartbeat> {
    if (change.labels !== undefined) checkAlertLabels({ ...change.labels, heartbeat: 'x' });
    return this.database.run(async () => {
      const before = known(`with ID ${id}`, await this.heartbeats.findLocked(id));
      await this.heartbeats.update(id, change);
      await this.heartbeats.awaitAnew(id);
      const after = await this.get(id);
      await this.record('heartbeat.updated', id, { before: described(before), after: described(after) });
      await this.tell([before], 'resolved');
      return after;
    });
  }

  /** Waits no longer; an alert that fires for it is over. Throws  HeartbeatNotFound. */
  remove(id: number): Promise<void> {
    return this.database.run(async () => {
      const heartbeat = known(`with ID ${id}`, await this.heartbeats.findLocked(id));
      await this.heartbeats.delete(id);
      await this.record('heartbeat.deleted', id, { before: described(heartbeat) });
      await this.tell([heartbeat], 'resolved');
    });
  }

  /** It lives: waits from now on for the next beat, and an alert that fires for it is over. Throws  HeartbeatNotFound. */
  beat(name: string): Promise<Heartbeat> {
    return this.database.run(async () => {
      const heartbeat = known(JSON.stringify(name), await this.heartbeats.findLockedByName(name));
      await this.heartbeats.beat(heartbeat.id);
      await this.tell([heartbeat], 'resolved');
      return this.get(heartbeat.id);
    });
  }

  /** Alerts for every heartbeat that should have come by now; returns how many. */
  judge(): Promise<number> {
    return this.database.run(async () => {
      const missed = await this.heartbeats.miss();
      await this.tell(missed, 'firing');
      return missed.length;
    });
  }

  private async tell(heartbeats: readonly Heartbeat[], status: AlertSignal['status']): Promise<void> {
    const signals = heartbeats.flatMap((heartbeat) => {
      const { missedAt } = heartbeat;
      return missedAt === null ? [] : [heartbeatAlert({ ...heartbeat, missedAt }, status)];
    });
    if (signals.length > 0) await this.alerts.receive(signals, { source: 'heartbeat', integrationId: null });
  }

  private record(
    action: string,
    subjectId: number,
    change: { before?: object; after?: object },
  ): Promise<void> {
    return this.audit.record({ action, subjectType: 'heartbeat', subjectId, ...change });
  }
}

function known(which: string, heartbeat: Heartbeat | null): Heartbeat {
  if (heartbeat === null) throw new HeartbeatNotFound(which);
  return heartbeat;
}

function described({ name, intervalSeconds, graceSeconds, severity, labels, isEnabled }: Heartbeat): object {
  return {
    name,
    interval_seconds: intervalSeconds,
    grace_seconds: graceSeconds,
    severity,
    labels,
    is_enabled: isEnabled,
  };
}
