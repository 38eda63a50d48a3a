import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { GroupCommit } from '../../database/group-commit';
import { AlertsOverloaded } from './alert.errors';
import { AlertRepository } from './alert.repository';
import { AlertFeed } from './alert-feed.service';
import { groupAlerts, type IncomingAlert } from './alert-group';

/** In alerts. */
const LIMITS = { underWay: 2, shared: 500, waiting: 20_000 };

/** Writes alerts: the requests that wait while others are stored share a statement, and each is answered when it has committed. */
@Injectable()
export class AlertWriter {
  private readonly group = new GroupCommit<readonly IncomingAlert[]>(LIMITS, (requests) =>
    this.store(requests.flat()),
  );

  constructor(
    private readonly alerts: AlertRepository,
    private readonly feed: AlertFeed,
    private readonly database: Database,
  ) {}

  /** Returns once the alerts have committed. Throws AlertsOverloaded where too many wait already. */
  async write(alerts: readonly IncomingAlert[]): Promise<void> {
    if (this.group.isFull) throw new AlertsOverloaded();
    await this.group.add(alerts, alerts.length);
  }

  private async store(alerts: readonly IncomingAlert[]): Promise<void> {
    const groups = groupAlerts(alerts);
    let changes = 0;
    // The statements belong to several callers, and to no transaction of one of them.
    await this.database.apart(async () => {
      for (const group of groups) changes += await this.alerts.store(group);
    });
    // Most signals tell the same again: nobody reads those.
    if (changes > 0) this.feed.wake();
  }
}
