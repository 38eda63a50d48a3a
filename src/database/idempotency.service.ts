import { Injectable } from '@nestjs/common';

import { answerError } from '../common/errors/error-answer';
import { AuthConfig, DatabaseConfig } from '../config/sections';
import { signingSecret } from '../config/signing-secret';
import { Metrics } from '../observability/metrics';
import { Database } from './database';
import { fingerprintOf, fingerprintSecret, KeyedRequest, keyHash } from './idempotency';
import { IdempotencyKeyInProgress, IdempotencyKeyReused } from './idempotency.errors';
import { IdempotencyRepository, KeptAnswer, KeptRow } from './idempotency.repository';
import { batchOf, RetentionClasses } from './retention-classes';

export type { KeptAnswer };

/** What came of a request: an answer, given now or before, or a refusal, which is judged anew each time. */
type Outcome = { readonly answer: KeptAnswer; readonly isReplayed: boolean } | { readonly refusal: unknown };

/** Requests that may be sent again and are done once. */
@Injectable()
export class Idempotency {
  private readonly secret: Buffer;
  private readonly replays;

  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly database: Database,
    metrics: Metrics,
    retention: RetentionClasses,
    auth: AuthConfig,
    { dataDir }: DatabaseConfig,
  ) {
    this.secret = fingerprintSecret(signingSecret(auth, dataDir));
    this.replays = metrics.counter(
      'http_idempotent_replays_total',
      'Requests answered as they were before, by their Idempotency-Key',
    );
    retention.register({
      name: 'idempotency-keys',
      holds: 'Answers under their Idempotency-Key; they go after 24 hours',
      tables: ['idempotency_keys'],
      keep: null,
      oldest: () => keys.oldest(),
      purge: async (limit) => batchOf(await keys.purge(limit), limit),
    });
  }

  /**
   * Does the work once and keeps its answer in the transaction of what it writes; a repetition gets that answer.
   * A refusal is not kept: nothing was done, and once its reason is gone the same key may succeed.
   * Throws  IdempotencyKeyInProgress, IdempotencyKeyReused, and whatever the work throws.
   */
  async once(
    request: KeyedRequest,
    work: () => Promise<KeptAnswer>,
  ): Promise<{ readonly answer: KeptAnswer; readonly isReplayed: boolean }> {
    const hash = keyHash(request);
    const fingerprint = fingerprintOf(request, this.secret);
    const outcome = await this.database.enclose(async (): Promise<Outcome> => {
      const kept = await this.claim(hash);
      if (kept !== null) return this.replay(kept, fingerprint);
      return this.perform(hash, fingerprint, work);
    });
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome;
  }

  private async claim(hash: Buffer): Promise<KeptRow | null> {
    const { isClaimed, kept } = await this.keys.claim(hash);
    if (kept !== null) return kept;
    if (!isClaimed) throw new IdempotencyKeyInProgress();
    // Whoever had the key may have committed after that statement began to look, and before it got the lock.
    return this.keys.find(hash);
  }

  private replay({ fingerprint, answer }: KeptRow, expected: Buffer): Outcome {
    if (!fingerprint.equals(expected)) throw new IdempotencyKeyReused();
    this.replays.inc();
    return { answer, isReplayed: true };
  }

  private async perform(
    hash: Buffer,
    fingerprint: Buffer,
    work: () => Promise<KeptAnswer>,
  ): Promise<Outcome> {
    let answer: KeptAnswer;
    try {
      answer = await work();
    } catch (error) {
      // Committed, not rolled back: what a refusal wrote (that somebody tried) stays, as it does without a key.
      if (answerError(error).status < 500) return { refusal: error };
      throw error;
    }
    await this.keys.keep(hash, { fingerprint, answer });
    return { answer, isReplayed: false };
  }
}
