import { Injectable, OnModuleInit } from '@nestjs/common';

import { Metrics } from '../../observability/metrics';
import type { StepOutcome } from './executor.port';
import { OPEN_STATES, OPEN_STATUSES, OpenWorkRepository } from './open-work.repository';

/** What an attempt came to; `late` is one that was told after the ledger had judged it. */
const OUTCOMES = ['succeeded', 'failed', 'unsent', 'unknown', 'late'] as const satisfies readonly (
  StepOutcome['kind'] | 'late'
)[];

/** What /metrics says of remediation. */
@Injectable()
export class ExecutionMetrics implements OnModuleInit {
  private readonly attempts = this.metrics.counter(
    'remediation_attempts_total',
    'Attempts of steps that this process told the ledger of, by what they came to',
    { name: 'outcome', values: OUTCOMES },
  );

  constructor(
    private readonly metrics: Metrics,
    private readonly work: OpenWorkRepository,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      'remediation_actions',
      'Actions that have not ended, by status',
      ['status'],
      async (gauge) => {
        const { actions } = await this.work.read();
        for (const status of OPEN_STATUSES) gauge.set({ status }, actions.get(status) ?? 0);
      },
    );
    this.metrics.gauge(
      'remediation_steps',
      'Steps that something has still to come of, by state; unknown ones wait for a person',
      ['state'],
      async (gauge) => {
        const { steps } = await this.work.read();
        for (const state of OPEN_STATES) gauge.set({ state }, steps.get(state) ?? 0);
      },
    );
    this.metrics.gauge('remediation_frozen', '1 while remediation is frozen', [], async (gauge) => {
      gauge.set((await this.work.read()).isFrozen ? 1 : 0);
    });
    this.metrics.gauge(
      'remediation_breakers_open',
      'Targets to which nothing is done since they failed repeatedly',
      [],
      async (gauge) => {
        gauge.set((await this.work.read()).openBreakers);
      },
    );
  }

  countAttempt(outcome: (typeof OUTCOMES)[number]): void {
    this.attempts.inc({ outcome });
  }
}
