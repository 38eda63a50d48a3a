import { Integer, JsonObject } from '../../common/validation/fields';

export class EvaluateDto {
  @Integer(1, Number.MAX_SAFE_INTEGER, {
    required: false,
    description: 'An anomaly on record; this or anomaly',
  })
  anomaly_id?: number;

  @JsonObject({
    required: false,
    description:
      'An anomaly as it could be: severity or anomaly_score, and what is known of source, series (the metric’s name), labels and metrics; this or anomaly_id',
    example: {
      severity: 'high',
      source: 'ml_model',
      labels: { service: 'checkout' },
      metrics: { cpu_usage_avg: 93.5 },
    },
  })
  anomaly?: object;
}
