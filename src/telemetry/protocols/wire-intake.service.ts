import { Injectable } from '@nestjs/common';

import { Clock } from '../../common/time/clock';
import { IngestService } from '../metrics/ingest.service';
import { liveWindow } from '../metrics/live-window';
import { SeriesRegistry } from '../metrics/series-registry.service';
import { AcceptedSamples, acceptedSamples, recogniseSeries } from './recognition';
import { WireBatch } from './wire-batch';

/** Takes in what a wire protocol brought: labels are read of series that are new, everything else goes by keys and columns. */
@Injectable()
export class WireIntake {
  constructor(
    private readonly registry: SeriesRegistry,
    private readonly ingest: IngestService,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores what can be stored; when this returns it has committed. Says what was left out, and why.
   * Throws DomainError `too_many` where too many series are new, `unavailable` where too much waits already.
   */
  async store(batch: WireBatch): Promise<AcceptedSamples> {
    const nowMs = this.clock.now().getTime();
    await this.registry.refreshWhenDue(nowMs);
    const recognition = recogniseSeries(batch, (key) => this.registry.findByKey(key));
    const ids = await this.registry.registerKeys(recognition.newcomers, nowMs);
    recognition.newcomers.forEach(({ index }, place) => {
      recognition.ids[index] = ids[place];
    });
    const accepted = acceptedSamples(batch, recognition, liveWindow(nowMs));
    if (accepted.values.length > 0) await this.ingest.store('live', accepted);
    return accepted;
  }
}
