import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { Database } from '../../database/database';
import { parseEgressUrl } from '../../egress/egress-url';
import { currentActor } from '../../observability/request-context';
import { InvalidTarget } from '../execution/execution.errors';
import type { JsonObject } from '../execution/json';
import { RemediationTarget } from './target.entity';
import { TargetChanged, TargetNameTaken, TargetNotFound } from './target.errors';
import { TargetRepository, TargetStatement } from './target.repository';
import type { TargetKind } from './target-kind';
import { destinationsOf, readSecrets, SecretChanges, secretsLedAway } from './target-rules';
import { TargetSecrets } from './target-secrets.service';

export type StatedSecrets = Readonly<Record<string, unknown>>;

/** Says what can be acted on, and with which credentials. */
@Injectable()
export class TargetAdministration {
  constructor(
    private readonly targets: TargetRepository,
    private readonly secrets: TargetSecrets,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Returns its id. Throws  InvalidTarget, InvalidEgressUrl, TargetNameTaken. */
  create(kind: TargetKind, statement: TargetStatement, secrets: StatedSecrets): Promise<number> {
    checkedDestinations(kind, statement.settings);
    const changes = readSecrets(kind, secrets);
    return this.database.run(async () => {
      if (await this.targets.isNameTaken(statement.name, null)) throw new TargetNameTaken(statement.name);
      const id = await this.targets.insert({ ...statement, kind, createdBy: currentActor().name });
      await this.secrets.apply(id, changes);
      await this.record('created', id, { after: { kind, ...described(statement), ...secretWords(changes) } });
      return id;
    });
  }

  /**
   * Puts another statement in the place of the one before; secrets that are not named stay.
   * Throws  TargetNotFound, TargetChanged where it is not at this version any more, InvalidTarget, also where secrets would be taken to
   * another place, InvalidEgressUrl, TargetNameTaken.
   */
  change(id: number, version: number, statement: TargetStatement, secrets: StatedSecrets): Promise<void> {
    return this.database.run(async () => {
      const before = await this.lock(id);
      if (before.version !== version) throw new TargetChanged(id, before.version);
      const changes = readSecrets(before.kind, secrets);
      const after = checkedDestinations(before.kind, statement.settings);
      await this.checkSecretsStay(before, changes, after);
      if (await this.targets.isNameTaken(statement.name, id)) throw new TargetNameTaken(statement.name);
      await this.targets.update(id, statement);
      await this.secrets.apply(id, changes);
      await this.record('updated', id, {
        before: described(before),
        after: { ...described(statement), ...secretWords(changes) },
      });
    });
  }

  /** With its secrets. Throws  TargetNotFound, TargetInUse. */
  remove(id: number): Promise<void> {
    return this.database.run(async () => {
      const before = await this.lock(id);
      await this.targets.delete(id);
      await this.record('deleted', id, { before: { kind: before.kind, ...described(before) } });
    });
  }

  private async checkSecretsStay(
    { id, kind, settings }: RemediationTarget,
    changes: SecretChanges,
    after: readonly string[],
  ): Promise<void> {
    const kept = (await this.secrets.namesOf([id])).get(id)?.map(({ name }) => name) ?? [];
    const led = secretsLedAway(kept, changes, destinationsOf(kind, settings).map(placeOf), after);
    if (led.length > 0)
      throw new InvalidTarget(
        `the target leads to another place now, and its secrets were set for the one before: state ${led.join(', ')} again, ` +
          'or take them away with null',
      );
  }

  private async lock(id: number): Promise<RemediationTarget> {
    const target = await this.targets.lock(id);
    if (target === null) throw new TargetNotFound(id);
    return target;
  }

  private record(
    verb: string,
    subjectId: number,
    change: { before?: object; after?: object },
  ): Promise<void> {
    const action = `remediation_target.${verb}`;
    return this.audit.record({ action, subjectType: 'remediation_target', subjectId, ...change });
  }
}

function checkedDestinations(kind: TargetKind, settings: JsonObject): readonly string[] {
  return destinationsOf(kind, settings).map(placeOf);
}

/** Scheme, host and port. Throws  InvalidEgressUrl. */
function placeOf(url: string): string {
  const { scheme, host, port } = parseEgressUrl(url);
  return `${scheme}://${host}:${port}`;
}

function described(statement: TargetStatement): object {
  const { name, description, isEnabled, labels, group, isProtected, settings } = statement;
  return {
    name,
    description,
    is_enabled: isEnabled,
    labels,
    group,
    is_protected: isProtected,
    settings,
    cooldown_seconds: statement.cooldownSeconds,
    hourly_budget: statement.hourlyBudget,
  };
}

/** Which secrets changed, never to what. */
function secretWords({ set, removed }: SecretChanges): object {
  return {
    ...(set.size > 0 && { secrets_set: [...set.keys()] }),
    ...(removed.length > 0 && { secrets_removed: removed }),
  };
}
