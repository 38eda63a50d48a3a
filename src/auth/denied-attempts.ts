import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service';
import { Database } from '../database/database';
import { Log } from '../observability/log';
import { Principal } from './principal';
import { ShortCache } from './short-cache';

/** Whoever tries again and again leaves a row a minute, not a row a try. */
const REMEMBER_SECONDS = 60;

/** What somebody tried to do. */
export interface Attempt {
  readonly method: string;
  /** The route's pattern: `/api/anomalies/:id`. */
  readonly route: string;
  /** What it would have taken. */
  readonly need: string;
}

/** Leaves an audit row where a known caller tried to change what they may not: at most one a caller, route and minute in a process. */
@Injectable()
export class DeniedAttempts {
  private readonly noted = new ShortCache<void>(REMEMBER_SECONDS);

  constructor(
    private readonly audit: AuditService,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Never throws: the attempt is refused all the same, and nothing was changed that would need its row. */
  async note({ actor }: Principal, { method, route, need }: Attempt): Promise<void> {
    const subjectId = `${method} ${route}`;
    try {
      await this.noted.get(`${actor.kind} ${actor.id} ${subjectId}`, () =>
        this.database.run(() =>
          this.audit.record({ action: 'access.denied', subjectType: 'route', subjectId, after: { need } }),
        ),
      );
    } catch (error) {
      this.log.warn({ reason: (error as Error).message, subjectId }, 'a denied attempt was not recorded');
    }
  }
}
