import { Injectable } from '@nestjs/common';

import { type ResolvedTarget, type TargetResolution, TargetResolver } from '../policy/target-resolver.port';
import type { StepTarget } from '../runbooks/runbook-definition';
import { bound } from './binding';
import { RemediationTarget } from './target.entity';
import { TargetRepository } from './target.repository';

/** What a step of a runbook would be done to: by name, by the labels that it states, or by those of the anomaly. */
@Injectable()
export class BoundTargets extends TargetResolver {
  constructor(private readonly targets: TargetRepository) {
    super();
  }

  async resolve(wanted: StepTarget, labels: Readonly<Record<string, string>>): Promise<TargetResolution> {
    const enabled = await this.targets.listEnabled();
    if (typeof wanted === 'object' && 'name' in wanted) {
      const named = enabled.find(({ name }) => name === wanted.name);
      return named === undefined
        ? { target: null, why: `there is no enabled target named ${wanted.name}` }
        : { target: resolved(named), why: `it is named ${wanted.name}` };
    }
    const given = wanted === 'bound' ? labels : wanted.labels;
    const [best] = bound(enabled, given);
    return best === undefined
      ? { target: null, why: `no enabled target is bound to ${describe(given)}` }
      : { target: resolved(best), why: `it is bound to ${describe(best.labels)}` };
  }
}

function resolved({ id, name, kind, group, isProtected }: RemediationTarget): ResolvedTarget {
  return { id, name, kind, group, isProtected };
}

function describe(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? 'an anomaly without labels' : pairs.join(', ');
}
