import { DomainError, FieldError, InvalidInput } from '../common/errors/domain-error';
import { toDto } from '../common/http/validation.pipe';
import { AnomalyFilterQuery, CreateAnomalyDto, ListAnomaliesQuery } from './anomaly.dto';
import { AnomalyFilter, AnomalyOrder, NewAnomaly } from './anomaly.types';

/** The filter in a query string. Throws InvalidInput where the time range is empty. */
export function filterOf(query: AnomalyFilterQuery): AnomalyFilter {
  const { status, severity, source, series_id: seriesId, incident_id: incidentId, search } = query;
  const range = rangeOf(query.from, query.to);
  return {
    status,
    severity,
    source,
    seriesId,
    incidentId,
    search: search === '' ? undefined : search,
    ...range,
  };
}

/** A half-open range of instants. Throws InvalidInput where it is empty. */
export function rangeOf(from?: string, to?: string): { from?: Date; to?: Date } {
  const range = {
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
  if (range.from !== undefined && range.to !== undefined && range.from >= range.to)
    throw new InvalidInput('from must be before to');
  return range;
}

export function orderOf({ sort, order }: ListAnomaliesQuery): AnomalyOrder {
  return { key: sort ?? 'created_at', direction: order ?? 'desc' };
}

/** A reported anomaly with the contract's defaults. */
export function newAnomalyOf(body: CreateAnomalyDto): NewAnomaly {
  return {
    title: body.title,
    description: body.description,
    severity: body.severity,
    status: body.status ?? 'open',
    anomalyScore: body.anomaly_score,
    confidence: body.confidence,
    source: body.source === undefined || body.source === '' ? 'manual' : body.source,
    explanation: body.explanation ?? null,
    metricsData: body.metrics_data ?? null,
    metric: null,
    alert: null,
    labels: null,
    membership: null,
  };
}

/** Every item of a batch, or none. Throws InvalidInput naming each broken rule by its place in the list. */
export function newAnomaliesOf(items: readonly unknown[]): NewAnomaly[] {
  const errors: FieldError[] = [];
  const anomalies = items.map((item, index) => {
    try {
      if (typeof item !== 'object' || item === null || Array.isArray(item))
        throw new InvalidInput('an anomaly must be an object');
      return newAnomalyOf(toDto(CreateAnomalyDto, item));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const broken = error.errors ?? [{ field: '', message: error.message }];
      errors.push(
        ...broken.map(({ field, message }) => ({
          field: `anomalies[${index}]${field && `.${field}`}`,
          message,
        })),
      );
      return null;
    }
  });
  if (errors.length > 0) throw new InvalidInput('Invalid anomaly in batch', errors.slice(0, 100));
  return anomalies.filter((anomaly) => anomaly !== null);
}
