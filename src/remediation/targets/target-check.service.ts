import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { ExecutorRegistry } from '../execution/executor-registry.service';
import { plainLine } from '../execution/plain-text';
import { TargetNotFound } from './target.errors';
import { TargetRepository } from './target.repository';
import { TargetService } from './target.service';

export interface CheckResult {
  readonly isUsable: boolean;
  readonly message: string;
}

const LIMIT_MS = 15_000;
const MAX_MESSAGE = 500;

/** Tries whether a target can be used, without any effect on it. */
@Injectable()
export class TargetCheck {
  constructor(
    private readonly service: TargetService,
    private readonly executors: ExecutorRegistry,
    private readonly targets: TargetRepository,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Asks the target outside of any transaction, and keeps what was found. Throws  TargetNotFound. */
  async run(id: number): Promise<CheckResult> {
    const target = await this.service.open(id);
    if (target === null) throw new TargetNotFound(id);
    const result = await this.ask(() =>
      this.executors.of(target).check(target, AbortSignal.timeout(LIMIT_MS)),
    );
    const message = plainLine(target.secrets.redact(result.message), MAX_MESSAGE);
    await this.database.run(async () => {
      await this.targets.noteCheck(id, result.isUsable ? null : message);
      await this.audit.record({
        action: 'remediation_target.checked',
        subjectType: 'remediation_target',
        subjectId: id,
        after: { is_usable: result.isUsable, message },
      });
    });
    return { isUsable: result.isUsable, message };
  }

  /** That it cannot be used is an answer; a fault of ours is not. */
  private async ask(check: () => Promise<string>): Promise<CheckResult> {
    try {
      return { isUsable: true, message: await check() };
    } catch (error) {
      if (error instanceof DomainError) return { isUsable: false, message: error.message };
      throw error;
    }
  }
}
