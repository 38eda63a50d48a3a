import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';

import { Database } from '../../database/database';
import { TargetSecret } from './target-secret.entity';

/** The SQL of the secrets of targets. */
@Injectable()
export class TargetSecretRepository {
  constructor(
    @InjectRepository(TargetSecret) private readonly secrets: Repository<TargetSecret>,
    private readonly database: Database,
  ) {}

  listSealed(targetId: number): Promise<TargetSecret[]> {
    return this.rows.find({ where: { targetId }, order: { name: 'ASC' } });
  }

  /** Which secrets targets have, and since when; not what they are. */
  listNames(targetIds: readonly number[]): Promise<Pick<TargetSecret, 'targetId' | 'name' | 'setAt'>[]> {
    if (targetIds.length === 0) return Promise.resolve([]);
    return this.rows.find({
      select: { targetId: true, name: true, setAt: true },
      where: { targetId: In([...targetIds]) },
      order: { targetId: 'ASC', name: 'ASC' },
    });
  }

  async set(rows: readonly Pick<TargetSecret, 'targetId' | 'name' | 'sealed' | 'setBy'>[]): Promise<void> {
    if (rows.length === 0) return;
    const renewed = rows.map((row) => ({ ...row, setAt: () => 'now()' }));
    await this.rows.upsert(renewed, ['targetId', 'name']);
  }

  listAll(): Promise<TargetSecret[]> {
    return this.rows.find();
  }

  /** Seals one otherwise, unless it is another by now; what it says stays, and so does its age. */
  async renew({ targetId, name, sealed }: TargetSecret, renewed: Buffer): Promise<void> {
    await this.rows.update({ targetId, name, sealed }, { sealed: renewed });
  }

  async remove(targetId: number, names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.rows.delete({ targetId, name: In([...names]) });
  }

  private get rows(): Repository<TargetSecret> {
    return this.database.bind(this.secrets);
  }
}
