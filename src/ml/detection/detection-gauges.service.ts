import { Injectable, OnModuleInit } from '@nestjs/common';

import { leaveOut, Metrics } from '../../observability/metrics';
import { TelemetryService } from '../../telemetry/telemetry.service';
import { earliest } from '../../telemetry/telemetry.types';
import { READER } from './detection.service';
import { Watchlist } from './watchlist.service';

/** What detection says of itself in this process. */
@Injectable()
export class DetectionGauges implements OnModuleInit {
  constructor(
    private readonly watchlist: Watchlist,
    private readonly telemetry: TelemetryService,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      'detection_watched_series',
      'Series under watch in this process, by tier',
      ['tier'],
      (gauge) => {
        for (const [tier, count] of Object.entries(this.watchlist.countByTier())) gauge.set({ tier }, count);
      },
    );
    this.metrics.gauge(
      'detection_lag_seconds',
      'How long the oldest stored batch has waited to be scored, for the slowest group of series that this process holds; left out where it holds none',
      [],
      async (gauge) => {
        const slowest = earliest(this.watchlist.held().map(({ position }) => position));
        if (slowest === null) leaveOut(gauge);
        else gauge.set(await this.telemetry.lagBehind(slowest));
      },
    );
    this.metrics.gauge(
      'detection_groups_held',
      'Groups of series that this process scores; those of all processes together are all groups',
      [],
      (gauge) => gauge.set(this.watchlist.held().length),
    );
    this.metrics.gauge(
      'detection_groups',
      'Groups among which the series are shared out, in all processes',
      [],
      async (gauge) => gauge.set(await this.telemetry.countGroups(READER)),
    );
  }
}
