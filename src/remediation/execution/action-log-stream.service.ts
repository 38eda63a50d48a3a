import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import { BeforeApplicationShutdown, Injectable } from '@nestjs/common';

import { DomainError } from '../../common/errors/domain-error';
import { formatEvent, HEARTBEAT, StreamPosition } from '../../common/http/event-stream';
import { Log } from '../../observability/log';
import { ActionLogResponse } from '../actions/action.response';
import { ActionService } from '../actions/action.service';
import { isActive } from '../actions/action-lifecycle';
import { ActionLogRepository } from './action-log.repository';

const POLL_MS = 250;
const HEARTBEAT_MS = 15_000;
const PAGE = 500;
const MAX_STREAMS = 100;
/** An action that has ended says nothing more; what committed last is still waited for this long. */
const TAIL_MS = 1_000;
const BEGINNING: StreamPosition = { xact: '0', id: 0 };

/** What happens to one action, live: its log from a place on, until it has ended. The log table is what is read, so every process can serve it. */
@Injectable()
export class ActionLogStreamService implements BeforeApplicationShutdown {
  private readonly open = new Set<AbortController>();

  constructor(
    private readonly actions: ActionService,
    private readonly entries: ActionLogRepository,
    private readonly log: Log,
  ) {}

  /** Throws  ActionNotFound; DomainError `too_many` past the limit of open streams. */
  async follow(actionId: number, after: StreamPosition | null): Promise<Readable> {
    await this.actions.get(actionId);
    if (this.open.size >= MAX_STREAMS)
      throw new DomainError(
        'too_many',
        'remediation/too-many-streams',
        `At most ${MAX_STREAMS} logs are streamed at a time`,
        { retryAfterSeconds: 10 },
      );
    const end = new AbortController();
    this.open.add(end);
    const stream = Readable.from(this.tell(actionId, after ?? BEGINNING, end.signal));
    stream.once('close', () => {
      end.abort();
      this.open.delete(end);
    });
    return stream;
  }

  /** Streams end with the server. */
  beforeApplicationShutdown(): void {
    for (const end of this.open) end.abort();
  }

  private async *tell(actionId: number, from: StreamPosition, end: AbortSignal): AsyncGenerator<string> {
    yield ': connected\n\n';
    let position = from;
    let toldAtMs = performance.now();
    let endedAtMs: number | null = null;
    while (!end.aborted) {
      const isOver = !(await this.isUnderWay(actionId));
      const lines = await this.entries.listAfter(actionId, position, PAGE).catch((error: unknown) => {
        this.log.debug({ reason: (error as Error).message }, 'a log stream waits for the database');
        return [];
      });
      for (const line of lines) {
        position = { xact: line.xact, id: line.id };
        yield formatEvent(position, `action.${line.event}`, ActionLogResponse.from(line));
      }
      const now = performance.now();
      if (lines.length > 0) toldAtMs = now;
      else if (now - toldAtMs > HEARTBEAT_MS) {
        toldAtMs = now;
        yield HEARTBEAT;
      }
      endedAtMs = isOver ? (endedAtMs ?? now) : null;
      if (endedAtMs !== null && lines.length === 0 && now - endedAtMs > TAIL_MS) return;
      await delay(POLL_MS, undefined, { signal: end }).catch(() => undefined);
    }
  }

  private async isUnderWay(actionId: number): Promise<boolean> {
    const action = await this.actions.get(actionId).catch(() => null);
    return action !== null && isActive(action.status);
  }
}
