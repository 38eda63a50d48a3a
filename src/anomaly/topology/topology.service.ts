import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { DomainError } from '../../common/errors/domain-error';
import { Database } from '../../database/database';
import { type Dependencies, findCycle } from './topology';
import { ServiceDependency, TopologyRepository } from './topology.repository';

/** Services that depend on each other in a circle. */
class CircularTopology extends DomainError {
  constructor(cycle: readonly string[]) {
    super('invalid', 'topology/circular', `Services cannot depend on themselves: ${cycle.join(' -> ')}`);
  }
}

/** Which service depends on which: where a cause may lie. */
@Injectable()
export class TopologyService {
  constructor(
    private readonly topology: TopologyRepository,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  async get(): Promise<Dependencies> {
    return byService(await this.topology.list());
  }

  /** Puts other dependencies in the place of all. Throws `topology/circular`. */
  replace(dependencies: Dependencies): Promise<Dependencies> {
    const cycle = findCycle(dependencies);
    if (cycle !== null) throw new CircularTopology(cycle);
    const edges = [...dependencies].flatMap(([service, direct]) =>
      direct.map((dependsOn) => ({ service, dependsOn })),
    );
    return this.database.run(async () => {
      const before = await this.topology.replace(edges);
      await this.audit.record({
        action: 'topology.replaced',
        subjectType: 'topology',
        before: Object.fromEntries(byService(before)),
        after: Object.fromEntries(dependencies),
      });
      return this.get();
    });
  }
}

function byService(edges: readonly ServiceDependency[]): Dependencies {
  const services = new Map<string, string[]>();
  for (const { service, dependsOn } of edges) {
    const known = services.get(service);
    if (known === undefined) services.set(service, [dependsOn]);
    else known.push(dependsOn);
  }
  return services;
}
