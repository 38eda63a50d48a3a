import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import type { Occurrence } from '../../common/time/recurrence';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { TelemetryService } from '../../telemetry/telemetry.service';
import type { ActiveSilence } from '../../telemetry/telemetry.types';
import { currentOf, nextOf, type Schedule } from './maintenance-window';
import { MaintenanceWindow } from './maintenance-window.entity';
import { MaintenanceWindowRepository, WindowTerms } from './maintenance-window.repository';
import {
  InvalidMaintenanceWindow,
  MaintenanceWindowInUse,
  MaintenanceWindowNameTaken,
  MaintenanceWindowNotFound,
} from './suppression.errors';
import { WindowUsers } from './window-users.service';

const MAX_WINDOWS = 1_000;

/** A window with its matchers as people write them, and when it is in force. */
export interface StatedWindow {
  readonly window: MaintenanceWindow;
  readonly matchers: readonly string[];
  readonly current: Occurrence | null;
  readonly next: Occurrence | null;
}

/** What a caller asks for; the matchers as Alertmanager writes them. */
export interface RequestedWindow {
  readonly name: string;
  readonly matchers: readonly string[];
  readonly schedule: Schedule;
}

/** Times of planned work, in which what they accept keeps quiet. */
@Injectable()
export class MaintenanceWindowService {
  constructor(
    private readonly windows: MaintenanceWindowRepository,
    private readonly telemetry: TelemetryService,
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly users: WindowUsers,
  ) {}

  async list(): Promise<StatedWindow[]> {
    const [windows, now] = await Promise.all([this.windows.list(), this.windows.now()]);
    return windows.map((window) => this.stated(window, now));
  }

  /** Throws MaintenanceWindowNotFound. */
  async get(id: number): Promise<StatedWindow> {
    const window = await this.windows.find(id);
    if (window === null) throw new MaintenanceWindowNotFound(id);
    return this.stated(window, await this.windows.now());
  }

  /** Those in force now, by the database's clock. */
  async listActive(): Promise<
    (Pick<ActiveSilence, 'accepts'> & { id: number; name: string; until: Date })[]
  > {
    const live = await this.windows.listLive();
    if (live.length === 0) return [];
    const now = await this.windows.now();
    return live.flatMap((window) => {
      const current = currentOf(scheduleOf(window), now);
      if (current === null) return [];
      const { id, name, matchers } = window;
      return [{ id, name, until: current.endsAt, accepts: this.telemetry.compile(matchers) }];
    });
  }

  /** Which of these are in force at any instant, as they now are. Throws MaintenanceWindowNotFound. */
  async planner(ids: readonly number[]): Promise<(at: Date) => { id: number; name: string; until: Date }[]> {
    const windows: MaintenanceWindow[] = [];
    for (const id of ids) windows.push((await this.get(id)).window);
    return (at) =>
      windows.flatMap((window) => {
        const current = currentOf(scheduleOf(window), at);
        return current === null ? [] : [{ id: window.id, name: window.name, until: current.endsAt }];
      });
  }

  /** What the database's clock shows. */
  now(): Promise<Date> {
    return this.windows.now();
  }

  /** Throws InvalidMatcher, InvalidMaintenanceWindow, MaintenanceWindowNameTaken. */
  create(requested: RequestedWindow): Promise<StatedWindow> {
    const terms = this.termsOf(requested);
    return this.database.run(async () => {
      if ((await this.windows.count()) >= MAX_WINDOWS)
        throw new InvalidMaintenanceWindow(`there are ${MAX_WINDOWS} maintenance windows; delete some first`);
      if (await this.windows.isNameTaken(terms.name, null)) throw new MaintenanceWindowNameTaken(terms.name);
      const id = await this.windows.insert(terms, currentActor().name);
      await this.audit.record({
        action: 'maintenance_window.created',
        subjectType: 'maintenance_window',
        subjectId: id,
        after: requested,
      });
      return this.get(id);
    });
  }

  /** Throws MaintenanceWindowNotFound and what `create` throws. */
  change(id: number, requested: RequestedWindow): Promise<StatedWindow> {
    const terms = this.termsOf(requested);
    return this.database.run(async () => {
      const before = await this.lock(id);
      if (await this.windows.isNameTaken(terms.name, id)) throw new MaintenanceWindowNameTaken(terms.name);
      await this.windows.update(id, terms);
      await this.audit.record({
        action: 'maintenance_window.updated',
        subjectType: 'maintenance_window',
        subjectId: id,
        before: this.requestedOf(before),
        after: requested,
      });
      return this.get(id);
    });
  }

  /** Keeps it from being deleted until the open transaction ends. Throws MaintenanceWindowNotFound. */
  async hold(id: number): Promise<void> {
    if (!(await this.windows.hold(id))) throw new MaintenanceWindowNotFound(id);
  }

  /** What it keeps quiet is told of within seconds. Throws MaintenanceWindowNotFound, MaintenanceWindowInUse. */
  remove(id: number): Promise<void> {
    return this.database.run(async () => {
      const before = await this.lock(id);
      const users = await this.users.of(id);
      if (users.length > 0) throw new MaintenanceWindowInUse(id, users);
      await this.windows.delete(id);
      await this.audit.record({
        action: 'maintenance_window.deleted',
        subjectType: 'maintenance_window',
        subjectId: id,
        before: this.requestedOf(before),
      });
    });
  }

  private termsOf({ name, matchers, schedule }: RequestedWindow): WindowTerms {
    const conditions = this.telemetry.parseConditions(matchers);
    if (this.telemetry.compile(conditions)({}))
      throw new InvalidMaintenanceWindow('at least one matcher must not match the empty string');
    if (schedule.kind === 'once' && schedule.startsAt >= schedule.endsAt)
      throw new InvalidMaintenanceWindow('starts_at must be before ends_at');
    return { name, matchers: conditions, schedule };
  }

  private requestedOf(window: MaintenanceWindow): RequestedWindow {
    return {
      name: window.name,
      matchers: this.telemetry.writeConditions(window.matchers),
      schedule: scheduleOf(window),
    };
  }

  private stated(window: MaintenanceWindow, now: Date): StatedWindow {
    const { matchers, schedule } = this.requestedOf(window);
    return { window, matchers, current: currentOf(schedule, now), next: nextOf(schedule, now) };
  }

  private async lock(id: number): Promise<MaintenanceWindow> {
    const window = await this.windows.lock(id);
    if (window === null) throw new MaintenanceWindowNotFound(id);
    return window;
  }
}

/** The table's constraint has either all of the one kind or all of the other. */
function scheduleOf(window: MaintenanceWindow): Schedule {
  const { startsAt, endsAt, weekdays, startTime, durationMinutes, timeZone } = window;
  if (startsAt !== null && endsAt !== null) return { kind: 'once', startsAt, endsAt };
  if (weekdays !== null && startTime !== null && durationMinutes !== null && timeZone !== null)
    return { kind: 'weekly', recurrence: { weekdays, startTime, durationMinutes, timeZone } };
  throw new Error(`Maintenance window ${window.id} has no schedule`);
}
