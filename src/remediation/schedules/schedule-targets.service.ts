import { Injectable } from '@nestjs/common';

import { DomainError } from '../../common/errors/domain-error';
import { RemediationRules } from '../policy/remediation-rules.service';
import { TargetService } from '../targets/target.service';
import type { RemediationSchedule } from './schedule.entity';

/** What a schedule acts on. */
@Injectable()
export class ScheduleTargets {
  constructor(
    private readonly targets: TargetService,
    private readonly rules: RemediationRules,
  ) {}

  /** The groups of the targets that it acts on as things are now; null is that of a target without one. None where it could not be proposed. */
  async groupsOf({
    targetId,
    runbookId,
    parameters,
  }: Pick<RemediationSchedule, 'targetId' | 'runbookId' | 'parameters'>): Promise<(string | null)[]> {
    if (targetId !== null) return [(await this.targets.find(targetId))?.group ?? null];
    if (runbookId === null) return [];
    try {
      const { steps } = await this.rules.prepareRunbook(runbookId, null, parameters);
      return steps.map(({ resolution }) => resolution.target?.group ?? null);
    } catch (error) {
      if (error instanceof DomainError) return [];
      throw error;
    }
  }
}
