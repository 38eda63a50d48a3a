import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { InvalidInput } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { AutonomyVersionConflict } from './autonomy.errors';
import { AutonomySettings } from './autonomy-settings.entity';
import { AutonomySettingsRepository } from './autonomy-settings.repository';

/** What may be set. */
export type SettingsEdit = Partial<Omit<AutonomySettings, 'id' | 'version' | 'updatedAt'>>;

/** How much the product may do by itself at most, and what it takes to earn it. */
@Injectable()
export class AutonomySettingsService {
  constructor(
    private readonly settings: AutonomySettingsRepository,
    private readonly audit: AuditService,
    private readonly database: Database,
  ) {}

  get(): Promise<AutonomySettings> {
    return this.settings.read();
  }

  /** Sets what is given; the rest stays. Throws  AutonomyVersionConflict, InvalidInput. */
  update(edit: SettingsEdit, version?: number): Promise<AutonomySettings> {
    return this.database.run(async () => {
      const before = await this.settings.lock();
      if (version !== undefined && version !== before.version)
        throw new AutonomyVersionConflict('The settings of autonomy were', version, before.version);
      const changed = Object.entries(edit).filter(
        ([name, value]) => value !== undefined && value !== before[name as keyof SettingsEdit],
      );
      if (changed.length === 0) return before;
      const after = { ...before, ...Object.fromEntries(changed) };
      if (after.winsForFullAuto < after.winsForSemiAuto)
        throw new InvalidInput('wins_for_full_auto must not be less than wins_for_semi_auto');
      await this.audit.record({
        action: 'remediation.autonomy_settings_changed',
        subjectType: 'autonomy_settings',
        subjectId: null,
        before: Object.fromEntries(changed.map(([name]) => [name, before[name as keyof SettingsEdit]])),
        after: Object.fromEntries(changed),
      });
      return this.settings.save(Object.fromEntries(changed));
    });
  }
}
