import { Injectable } from '@nestjs/common';

import type { Principal } from '../../auth/principal';
import { DomainError } from '../../common/errors/domain-error';
import { Clock } from '../../common/time/clock';
import { EventSenders } from '../integrations/event-senders.service';
import { IntegrationActivity } from '../integrations/integration-activity.service';
import type { IntegrationKind } from '../integrations/integration-kind';
import { IngestService } from '../metrics/ingest.service';
import { liveWindow } from '../metrics/live-window';
import { conventionalBehaviour, findFamily } from '../metrics/metric-family';
import { SeriesRegistry } from '../metrics/series-registry.service';
import { SeriesType } from '../telemetry.types';
import { AcceptedSamples, acceptedSamples, recogniseSeries } from './recognition';
import { WireBatch, WireIdentity } from './wire-batch';

/** Names of metrics whose types are remembered. */
const MAX_FAMILIES = 50_000;

/** Takes in what a wire protocol brought: labels are read of series that are new, everything else goes by keys and columns. */
@Injectable()
export class WireIntake {
  private readonly families = new Map<string, SeriesType>();

  constructor(
    private readonly registry: SeriesRegistry,
    private readonly ingest: IngestService,
    private readonly senders: EventSenders,
    private readonly activity: IntegrationActivity,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads a request and stores what can be stored of it, counting it for the integration whose key came with it.
   * Throws what `read` and `store` do, and IntegrationRefused where the key is of an integration of another kind.
   */
  async take(caller: Principal, kind: IntegrationKind, read: () => WireBatch): Promise<AcceptedSamples> {
    const { integration } = await this.senders.ofCaller(caller, kind);
    const note = (error: string | null): void => {
      if (integration !== null) this.activity.note(integration.id, error);
    };
    try {
      const accepted = await this.store(read());
      note(accepted.refused.reasons[0] ?? null);
      return accepted;
    } catch (error) {
      note(error instanceof DomainError ? error.message : 'Not stored');
      throw error;
    }
  }

  /**
   * Stores what can be stored; when this returns it has committed. Says what was left out, and why.
   * Throws DomainError `too_many` where too many series are new, `unavailable` where too much waits already.
   */
  private async store(batch: WireBatch): Promise<AcceptedSamples> {
    const nowMs = this.clock.now().getTime();
    await this.registry.refreshWhenDue(nowMs);
    this.learnFamilies(batch.families);
    const recognition = recogniseSeries(batch, (key) => this.registry.findByKey(key));
    const newcomers = recognition.newcomers.map(({ key, identity }) => ({
      key,
      identity: this.typed(identity),
    }));
    const ids = await this.registry.registerKeys(newcomers, nowMs);
    recognition.newcomers.forEach(({ index }, place) => {
      recognition.ids[index] = ids[place];
    });
    const accepted = acceptedSamples(batch, recognition, liveWindow(nowMs));
    if (accepted.values.length > 0) await this.ingest.store('live', accepted);
    return accepted;
  }

  /** Remote write 1.0 tells types in requests of their own, before or after the series they are about. */
  private learnFamilies(families: ReadonlyMap<string, SeriesType>): void {
    for (const [name, type] of families) this.families.set(name, type);
    for (const name of this.families.keys()) {
      if (this.families.size <= MAX_FAMILIES) break;
      this.families.delete(name);
    }
  }

  /** What the sender has said of a series' type, else what its name says. */
  private typed(identity: WireIdentity): WireIdentity {
    if (identity.type !== undefined) return identity;
    const family = findFamily(identity.name, this.families);
    return { ...identity, ...(family ?? { behaviour: conventionalBehaviour(identity.name) }) };
  }
}
