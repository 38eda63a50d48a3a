import { Injectable } from '@nestjs/common';

import type { PageRequest } from '../../common/http/pagination';
import { ACTION_TYPES, type ActionType } from '../actions/action-type';
import type { ExecutionTarget } from '../execution/executor.port';
import { ExecutorRegistry } from '../execution/executor-registry.service';
import type { JsonObject } from '../execution/json';
import { SealedSecrets } from '../execution/sealed-secrets';
import { bound } from './binding';
import { RemediationTarget } from './target.entity';
import { TargetNotFound } from './target.errors';
import { TargetRepository } from './target.repository';
import type { TargetKind } from './target-kind';
import { KnownSecret, TargetSecrets } from './target-secrets.service';

/** A target as people see it. */
export interface SeenTarget {
  readonly target: RemediationTarget;
  readonly secrets: readonly KnownSecret[];
  /** What can be done there as it is set up. */
  readonly actionTypes: readonly ActionType[];
}

/** What can be acted on. */
@Injectable()
export class TargetService {
  constructor(
    private readonly targets: TargetRepository,
    private readonly secrets: TargetSecrets,
    private readonly executors: ExecutorRegistry,
  ) {}

  async list(page: PageRequest, kind: TargetKind | null): Promise<[targets: SeenTarget[], total: number]> {
    const [targets, total] = await this.targets.list(page, kind);
    const secrets = await this.secrets.namesOf(targets.map(({ id }) => id));
    return [targets.map((target) => this.seen(target, secrets.get(target.id) ?? [])), total];
  }

  find(id: number): Promise<RemediationTarget | null> {
    return this.targets.find(id);
  }

  /** Throws  TargetNotFound. */
  async get(id: number): Promise<SeenTarget> {
    const target = await this.targets.find(id);
    if (target === null) throw new TargetNotFound(id);
    return this.seen(target, (await this.secrets.namesOf([id])).get(id) ?? []);
  }

  /** The target as an executor needs it, with its secrets still sealed; null where there is none. */
  async open(id: number): Promise<ExecutionTarget | null> {
    const target = await this.targets.find(id);
    return target === null ? null : { ...faceOf(target), secrets: await this.secrets.of(id) };
  }

  /** The most particular target that is for an anomaly with these labels and has a way to do this; null where there is none. */
  async bind(labels: Readonly<Record<string, string>>, type: ActionType): Promise<RemediationTarget | null> {
    const enabled = await this.targets.listEnabled();
    return bound(enabled, labels).find((target) => this.executors.canDo(type, faceOf(target))) ?? null;
  }

  /** Whether an order that arrives twice has one effect there: it recognises what it has done already, or is told where to end. */
  isIdempotent(target: RemediationTarget, actionType: ActionType, parameters: JsonObject): boolean {
    const face = faceOf(target);
    if (!this.executors.canDo(actionType, face)) return false;
    return this.executors.of(face).isIdempotent({ actionType, parameters, target: face });
  }

  private seen(target: RemediationTarget, secrets: readonly KnownSecret[]): SeenTarget {
    const face = faceOf(target);
    return { target, secrets, actionTypes: ACTION_TYPES.filter((type) => this.executors.canDo(type, face)) };
  }
}

/** Without its secrets, for what needs none. */
function faceOf({ id, name, kind, version, isEnabled, settings }: RemediationTarget): ExecutionTarget {
  const secrets = new SealedSecrets(new Map(), () => '');
  return { id, name, kind, version, isEnabled, settings, secrets };
}
