import { DomainError } from '../../common/errors/domain-error';
import { checkSeries, Naming, seriesTitle } from '../metrics/labels';
import { memberBehaviour } from '../metrics/metric-family';
import type { SeriesType } from '../telemetry.types';
import { readLabelBytes } from './label-bytes';
import type { WireIdentity, WireSeries, WireUnit } from './wire-batch';

/** `MetricType` of both versions, by number; what it does not know is unspecified. */
const TYPES: readonly (SeriesType | undefined)[] = [
  undefined,
  'counter',
  'gauge',
  'histogram',
  'histogram',
  'summary',
  'info',
  'gauge',
];
const GAUGE_HISTOGRAM = 4;

/** What the sender's metadata say of a family. */
export interface FamilyMetadata {
  readonly type: SeriesType;
  /** Its numbers go both ways, whatever their names end in. */
  readonly isGauge: boolean;
}

/**
 * A family's metadata by the number of its type, null where it is unspecified or of a later version.
 * @example familyMetadata(1) // { type: 'counter', isGauge: false }
 */
export function familyMetadata(metricType: number): FamilyMetadata | null {
  const type = TYPES[metricType];
  return type === undefined ? null : { type, isGauge: metricType === GAUGE_HISTOGRAM };
}

/** A series of remote write, either version: its labels stand in `key` as version 1.0 writes them. */
export class RemoteWriteSeries implements WireSeries {
  readonly unit: WireUnit = 'sample';

  constructor(
    readonly key: string,
    private readonly naming: Naming,
    private readonly metadata: FamilyMetadata | null,
  ) {}

  identify(): WireIdentity {
    const identity = readLabelBytes(this.key, this.naming);
    if (this.metadata === null) return identity;
    const { type, isGauge } = this.metadata;
    return { ...identity, type, behaviour: isGauge ? 'gauge' : memberBehaviour(identity.name, type) };
  }
}

/**
 * What we keep of a native histogram: how many observations and their sum, as a classic histogram would name them. Its buckets are left
 * out: their bounds move with the data, so each would be a series that comes and goes.
 */
export class NativeHistogramSeries implements WireSeries {
  readonly key: string;
  readonly unit: WireUnit;

  constructor(
    private readonly labelKey: string,
    private readonly suffix: '_count' | '_sum',
    private readonly naming: Naming,
    private readonly isGauge: boolean,
  ) {
    // No field of a label starts so: no plain series has this key.
    this.key = labelKey + suffix;
    this.unit = suffix === '_count' ? 'histogram' : 'part';
  }

  identify(): WireIdentity {
    const { name, labels } = readLabelBytes(this.labelKey, this.naming);
    // The longer of the two, so that neither is refused alone.
    checkSeries(`${name}_count`, labels, this.naming);
    return {
      name: name + this.suffix,
      labels,
      type: 'histogram',
      behaviour: this.isGauge ? 'gauge' : 'counter',
    };
  }
}

/** The series in words, for a reason that a sender reads. */
export function describeSeries(key: string, naming: Naming): string {
  try {
    const { name, labels } = readLabelBytes(key, naming);
    return seriesTitle(name, labels);
  } catch (error) {
    if (error instanceof DomainError) return 'a series whose labels are not accepted';
    throw error;
  }
}
