import { Injectable, OnModuleInit } from '@nestjs/common';

import { KeyChange } from '../../auth/key-change.service';
import { Secrets } from '../../auth/secrets.service';
import { currentActor } from '../../observability/request-context';
import { SealedSecrets } from '../execution/sealed-secrets';
import type { SecretChanges } from './target-rules';
import { TargetSecretRepository } from './target-secret.repository';

/** A secret that is set: its name and its age are all that is ever told. */
export interface KnownSecret {
  readonly name: string;
  readonly setAt: Date;
}

/** Credentials of targets: sealed for their target and name, opened by executors only. */
@Injectable()
export class TargetSecrets implements OnModuleInit {
  constructor(
    private readonly rows: TargetSecretRepository,
    private readonly secrets: Secrets,
    private readonly keyChange: KeyChange,
  ) {}

  onModuleInit(): void {
    this.keyChange.register({
      name: 'remediation_target_secrets',
      list: async () =>
        (await this.rows.listAll()).map((row) => ({
          sealed: row.sealed,
          purpose: purposeOf(row.targetId, row.name),
          replace: (renewed) => this.rows.renew(row, renewed),
        })),
    });
  }

  /** Which secrets each target has; a target without any has no entry. */
  async namesOf(targetIds: readonly number[]): Promise<Map<number, KnownSecret[]>> {
    const known = new Map<number, KnownSecret[]>();
    for (const { targetId, name, setAt } of await this.rows.listNames(targetIds))
      known.set(targetId, [...(known.get(targetId) ?? []), { name, setAt }]);
    return known;
  }

  async of(targetId: number): Promise<SealedSecrets> {
    const sealed = new Map((await this.rows.listSealed(targetId)).map((row) => [row.name, row.sealed]));
    return new SealedSecrets(sealed, (name, text) => this.secrets.open(text, purposeOf(targetId, name)));
  }

  /** In the transaction of the change of their target. */
  async apply(targetId: number, { set, removed }: SecretChanges): Promise<void> {
    const setBy = currentActor().name;
    await this.rows.remove(targetId, removed);
    await this.rows.set(
      [...set].map(([name, text]) => ({
        targetId,
        name,
        setBy,
        sealed: this.secrets.seal(text, purposeOf(targetId, name)),
      })),
    );
  }
}

/** Bound into the seal: a row that is copied to another target does not open there. */
function purposeOf(targetId: number, name: string): string {
  return `remediation_target_secrets.${targetId}.${name}`;
}
