import { Injectable } from '@nestjs/common';

import { DatabaseAnswer, DatabaseProbe } from './database-probe';
import { Remembered } from './remembered';

/** Long enough that a storm of probes costs one question, short enough that nobody sees an old answer. */
const FRESH_FOR_MS = 500;

export interface ReadinessAnswer {
  readonly ready: boolean;
  /** Why not, in an operator's words; empty when ready. */
  readonly reasons: string[];
}

/** Whether this process should be sent requests. */
@Injectable()
export class Readiness {
  private readonly answers: Remembered<DatabaseAnswer>;
  private draining = false;

  constructor(probe: DatabaseProbe) {
    this.answers = new Remembered(() => probe.ask(), FRESH_FOR_MS);
  }

  /** The process is about to stop: not ready from this moment on. */
  drain(): void {
    this.draining = true;
  }

  get isDraining(): boolean {
    return this.draining;
  }

  /** Answers within a second whatever the database does; at once while draining. */
  async check(): Promise<ReadinessAnswer> {
    if (this.draining) return { ready: false, reasons: ['shutting down'] };
    const { reachable, migrated } = await this.database();
    const reasons: string[] = [];
    if (!reachable) reasons.push('database unreachable');
    if (migrated === false) reasons.push('database not yet migrated');
    return { ready: reasons.length === 0, reasons };
  }

  /** What the database last said, at most half a second ago. */
  database(): Promise<DatabaseAnswer> {
    return this.answers.get();
  }
}
