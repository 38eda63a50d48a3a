import { setImmediate } from 'node:timers/promises';

import { Injectable, OnModuleInit } from '@nestjs/common';

import { InvalidInput } from '../../common/errors/domain-error';
import { decodeCursor, encodeCursor, PageRequest, paginate, Pagination } from '../../common/http/pagination';
import { isId } from '../../common/validation/fields';
import { Metrics } from '../../observability/metrics';
import type { LabelMatcher } from '../metrics/label-matcher';
import type { Alert } from './alert.entity';
import { AlertNotFound } from './alert.errors';
import { AlertFilter, AlertRepository } from './alert.repository';
import { compileMatchers, isMatched } from './silence';
import { SilenceService } from './silence.service';

/** What one answer holds at most; more firing at once is past the sizes that clients of this protocol stand. */
const MAX_FIRING = 20_000;
const SHARE_MS = 20;
const MAX_MATCHING_MS = 10_000;

/** An alert that fires, and the silences that keep it quiet. */
export interface FiringAlert {
  readonly alert: Alert;
  readonly silencedBy: readonly string[];
}

/** Reading alerts. */
@Injectable()
export class AlertListService implements OnModuleInit {
  constructor(
    private readonly alerts: AlertRepository,
    private readonly silences: SilenceService,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('alerts_firing', 'Alerts that fire, by their source', ['source'], async (gauge) => {
      const counts = await this.alerts.countFiring();
      gauge.reset();
      for (const { source, count } of counts) gauge.set({ source }, count);
    });
  }

  /** A page by its number, or after a cursor; newest first. Throws InvalidInput where the cursor is none. */
  async list(
    filter: AlertFilter,
    request: PageRequest,
    cursor?: string,
  ): Promise<{ alerts: Alert[]; pagination: Pagination }> {
    const from =
      cursor === undefined
        ? { offset: (request.page - 1) * request.perPage }
        : { belowId: readCursor(cursor) };
    const [rows, { total, capped }] = await Promise.all([
      this.alerts.list(filter, request.perPage + 1, from),
      this.alerts.count(filter),
    ]);
    const alerts = rows.slice(0, request.perPage);
    const last = rows.length > request.perPage ? alerts.at(-1) : undefined;
    return {
      alerts,
      pagination: {
        ...paginate(request, total),
        ...(capped && { total_capped: true }),
        next_cursor: last === undefined ? null : encodeCursor([last.id]),
      },
    };
  }

  /** Throws AlertNotFound. */
  async get(id: number): Promise<Alert> {
    const alert = await this.alerts.find(id);
    if (alert === null) throw new AlertNotFound(id);
    return alert;
  }

  /** Those of these alerts that fire now, by the database's clock. */
  findFiring(ids: readonly number[]): Promise<Alert[]> {
    return this.alerts.findFiring(ids);
  }

  /** Every alert that fires now and that the matchers accept, with what silences it. */
  async listFiring(matchers: readonly LabelMatcher[]): Promise<FiringAlert[]> {
    // What can be looked up by an index is; the rest is tried on what that leaves.
    const exact = matchers.filter(({ operator, value }) => operator === '=' && value !== '');
    const labels = Object.fromEntries(exact.map(({ label, value }) => [label, value]));
    const [alerts, silences] = await Promise.all([
      this.alerts.listFiring(labels, MAX_FIRING),
      this.silences.listActive(),
    ]);
    const compiled = silences.map(({ id, matchers }) => ({ id, matchers: compileMatchers(matchers) }));
    const firing: FiringAlert[] = [];
    const turn = new Turn();
    for (const alert of alerts) {
      await turn.share();
      if (!isMatched(matchers, alert.labels)) continue;
      const silencedBy = compiled.filter((one) => isMatched(one.matchers, alert.labels)).map(({ id }) => id);
      firing.push({ alert, silencedBy });
    }
    return firing;
  }
}

/** One pattern is fast, and many on many alerts are not: others are served in between, and what never ends is ended (safety T13). */
class Turn {
  private readonly begun = performance.now();
  private since = this.begun;

  /** Lets others in where this has taken its share. Throws  InvalidInput where it has taken far more. */
  async share(): Promise<void> {
    const now = performance.now();
    if (now - this.since < SHARE_MS) return;
    if (now - this.begun > MAX_MATCHING_MS)
      throw new InvalidInput(
        'these matchers take too long on all alerts that fire; use fewer patterns, or =',
      );
    await setImmediate();
    this.since = performance.now();
  }
}

function readCursor(cursor: string): number {
  const [id] = decodeCursor(cursor, 1);
  if (!isId(id)) throw new InvalidInput('Invalid cursor');
  return id;
}
