import { Injectable } from '@nestjs/common';

import { within } from '../common/time/within';
import { QueueCounts } from './queue-counts';
import { Readiness } from './readiness';

export type ComponentState = 'healthy' | 'degraded' | 'unavailable';
export const COMPONENT_STATES: ComponentState[] = ['healthy', 'degraded', 'unavailable'];

type Report = () => ComponentState | Promise<ComponentState>;

const LIMIT_MS = 1_000;

/**
 * The parts of the product and how each is. Health knows no domain: a module that is a part of its own registers itself here,
 * and what is not registered does not exist.
 */
@Injectable()
export class Components {
  private readonly reports = new Map<string, Report>();

  constructor(readiness: Readiness, queues: QueueCounts) {
    this.register('database', async () => {
      const { reachable, migrated } = await readiness.database();
      if (!reachable) return 'unavailable';
      return migrated === true ? 'healthy' : 'degraded';
    });
    this.register('jobs', async () => ((await queues.find()) === null ? 'unavailable' : 'healthy'));
  }

  /** Adds a part under the name that `/status` shows; `report` is asked at every look, and should answer from memory. */
  register(name: string, report: Report): void {
    if (this.reports.has(name)) throw new Error(`The component ${name} is registered twice`);
    this.reports.set(name, report);
  }

  /** Every part's state; one that fails to tell, or takes over a second, is unavailable. */
  async states(): Promise<Record<string, ComponentState>> {
    const entries = [...this.reports].map(async ([name, report]): Promise<[string, ComponentState]> => {
      const state = await within(Promise.resolve().then(report), LIMIT_MS).catch(
        (): ComponentState => 'unavailable',
      );
      return [name, state];
    });
    return Object.fromEntries(await Promise.all(entries));
  }
}

/** Whether every part is well. */
export function areHealthy(states: Readonly<Record<string, ComponentState>>): boolean {
  return Object.values(states).every((state) => state === 'healthy');
}
