import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { SilenceNotFound } from './alert.errors';
import { canChangeInPlace, checkTerms, SilenceTerms } from './silence';
import { SilenceRepository, StatedSilence } from './silence.repository';

/** Which alerts keep quiet, from when to when, and by whose word. */
@Injectable()
export class SilenceService {
  constructor(
    private readonly silences: SilenceRepository,
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  list(): Promise<StatedSilence[]> {
    return this.silences.list();
  }

  listActive(): Promise<StatedSilence[]> {
    return this.silences.listActive();
  }

  /** Throws SilenceNotFound. */
  async get(id: string): Promise<StatedSilence> {
    const silence = await this.silences.find(id);
    if (silence === null) throw new SilenceNotFound(id);
    return silence;
  }

  /** Throws InvalidSilence or InvalidMatcher. */
  create(terms: SilenceTerms): Promise<StatedSilence> {
    checkTerms(terms, this.clock.now());
    return this.database.run(() => this.begin(terms));
  }

  /**
   * Changes a silence: in place where that falsifies nothing that was, else by ending it and beginning another, whose id is another.
   * Throws SilenceNotFound, InvalidSilence or InvalidMatcher.
   */
  change(id: string, terms: SilenceTerms): Promise<StatedSilence> {
    const now = this.clock.now();
    checkTerms(terms, now);
    return this.database.run(async () => {
      const before = await this.lock(id);
      if (!canChangeInPlace(before.state, before, terms, now)) {
        if (before.state !== 'expired') await this.end(before);
        return this.begin(terms);
      }
      // What has begun began when it did.
      const kept = before.state === 'active' ? { ...terms, startsAt: before.startsAt } : terms;
      const after = await this.silences.update(id, kept, currentActor().name);
      await this.audit.record({
        action: 'silence.updated',
        subjectType: 'silence',
        subjectId: id,
        before: termsOf(before),
        after: termsOf(after),
      });
      return after;
    });
  }

  /** Ends a silence now; one that has ended stays as it is. Throws SilenceNotFound. */
  expire(id: string): Promise<void> {
    return this.database.run(async () => {
      const silence = await this.lock(id);
      if (silence.state !== 'expired') await this.end(silence);
    });
  }

  private async begin(terms: SilenceTerms): Promise<StatedSilence> {
    const silence = await this.silences.insert(terms, currentActor().name);
    await this.audit.record({
      action: 'silence.created',
      subjectType: 'silence',
      subjectId: silence.id,
      after: termsOf(silence),
    });
    return silence;
  }

  private async end(silence: StatedSilence): Promise<void> {
    await this.silences.expire(silence.id);
    await this.audit.record({
      action: 'silence.expired',
      subjectType: 'silence',
      subjectId: silence.id,
      before: termsOf(silence),
    });
  }

  private async lock(id: string): Promise<StatedSilence> {
    const silence = await this.silences.lock(id);
    if (silence === null) throw new SilenceNotFound(id);
    return silence;
  }
}

/** What the audit trail says of a silence. */
function termsOf({ matchers, startsAt, endsAt, createdBy, comment }: SilenceTerms): object {
  return { matchers, starts_at: startsAt, ends_at: endsAt, created_by: createdBy, comment };
}
