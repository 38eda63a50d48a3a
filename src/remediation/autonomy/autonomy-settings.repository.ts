import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { Database } from '../../database/database';
import { AutonomySettings } from './autonomy-settings.entity';

/** The SQL of the settings. */
@Injectable()
export class AutonomySettingsRepository {
  constructor(
    @InjectRepository(AutonomySettings) private readonly settings: Repository<AutonomySettings>,
    private readonly database: Database,
  ) {}

  read(): Promise<AutonomySettings> {
    return this.rows.findOneByOrFail({ id: true });
  }

  /** The settings, locked until the transaction ends. */
  lock(): Promise<AutonomySettings> {
    return this.rows.findOneOrFail({ where: { id: true }, lock: { mode: 'pessimistic_write' } });
  }

  async save(change: Partial<AutonomySettings>): Promise<AutonomySettings> {
    await this.rows
      .createQueryBuilder()
      .update()
      .set({ ...change, version: () => 'version + 1', updatedAt: () => 'now()' })
      .where({ id: true })
      .execute();
    return this.read();
  }

  private get rows(): Repository<AutonomySettings> {
    return this.database.bind(this.settings);
  }
}
