import { parse, Type } from 'protobufjs';

/** What our readers of wire formats read, as their protocols' own .proto files have it; the rest is unknown to both sides of a comparison. */
const REMOTE_WRITE_1 = `
syntax = "proto3";
package prometheus;
message WriteRequest { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; repeated Histogram histograms = 4; }
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message MetricMetadata { int32 type = 1; string metric_family_name = 2; }
message Histogram {
  oneof count { uint64 count_int = 1; double count_float = 2; }
  double sum = 3;
  oneof zero_count { uint64 zero_count_int = 6; double zero_count_float = 7; }
  repeated sint64 negative_deltas = 9;
  repeated sint64 positive_deltas = 12;
  int32 reset_hint = 14;
  int64 timestamp = 15;
}`;

const REMOTE_WRITE_2 = `
syntax = "proto3";
package io.prometheus.write.v2;
message Request { repeated string symbols = 4; repeated TimeSeries timeseries = 5; }
message TimeSeries {
  repeated uint32 labels_refs = 1;
  repeated Sample samples = 2;
  repeated Histogram histograms = 3;
  Metadata metadata = 5;
}
message Sample { double value = 1; int64 timestamp = 2; }
message Metadata { int32 type = 1; }
message Histogram {
  oneof count { uint64 count_int = 1; double count_float = 2; }
  double sum = 3;
  oneof zero_count { uint64 zero_count_int = 6; double zero_count_float = 7; }
  repeated sint64 negative_deltas = 9;
  repeated sint64 positive_deltas = 12;
  int32 reset_hint = 14;
  int64 timestamp = 15;
}`;

const OTLP_METRICS = `
syntax = "proto3";
package otlp;
message ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeMetrics { repeated Metric metrics = 2; }
message Metric {
  string name = 1;
  oneof data {
    Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9;
    ExponentialHistogram exponential_histogram = 10; Summary summary = 11;
  }
}
message Gauge { repeated NumberDataPoint data_points = 1; }
message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Histogram { repeated HistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message ExponentialHistogram { repeated ExponentialHistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message Summary { repeated SummaryDataPoint data_points = 1; }
message NumberDataPoint {
  fixed64 time_unix_nano = 3;
  oneof value { double as_double = 4; sfixed64 as_int = 6; }
  repeated KeyValue attributes = 7;
  uint32 flags = 8;
}
message HistogramDataPoint {
  fixed64 time_unix_nano = 3;
  fixed64 count = 4;
  optional double sum = 5;
  repeated fixed64 bucket_counts = 6;
  repeated double explicit_bounds = 7;
  repeated KeyValue attributes = 9;
  uint32 flags = 10;
}
message ExponentialHistogramDataPoint {
  repeated KeyValue attributes = 1;
  fixed64 time_unix_nano = 3;
  fixed64 count = 4;
  optional double sum = 5;
  uint32 flags = 10;
}
message SummaryDataPoint {
  fixed64 time_unix_nano = 3;
  fixed64 count = 4;
  double sum = 5;
  repeated ValueAtQuantile quantile_values = 6;
  repeated KeyValue attributes = 7;
  uint32 flags = 8;
}
message ValueAtQuantile { double quantile = 1; double value = 2; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }`;

export const WRITE_REQUEST_1 = parse(REMOTE_WRITE_1).root.lookupType('prometheus.WriteRequest');
export const WRITE_REQUEST_2 = parse(REMOTE_WRITE_2).root.lookupType('io.prometheus.write.v2.Request');
export const EXPORT_METRICS = parse(OTLP_METRICS).root.lookupType('otlp.ExportMetricsServiceRequest');

/** The bytes of a message given as in JSON, member names in lowerCamelCase. */
export function encodeMessage(type: Type, message: object): Buffer {
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}

export interface SentSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples: readonly { readonly value: number; readonly timestamp: number }[];
  /** `MetricType`; sent in version 2.0 only. */
  readonly type?: number;
}

/** A remote write 1.0 body, not compressed. */
export function encodeWriteRequest1(series: readonly SentSeries[]): Buffer {
  return encodeMessage(WRITE_REQUEST_1, {
    timeseries: series.map(({ labels, samples }) => ({
      labels: labels.map(([name, value]) => ({ name, value })),
      samples,
    })),
  });
}

/** A remote write 2.0 body, not compressed. */
export function encodeWriteRequest2(series: readonly SentSeries[]): Buffer {
  const symbols = new Map([['', 0]]);
  const refOf = (text: string): number => {
    if (!symbols.has(text)) symbols.set(text, symbols.size);
    return symbols.get(text)!;
  };
  const timeseries = series.map(({ labels, samples, type }) => ({
    labelsRefs: labels.flat().map(refOf),
    samples,
    ...(type !== undefined && { metadata: { type } }),
  }));
  return encodeMessage(WRITE_REQUEST_2, { symbols: [...symbols.keys()], timeseries });
}
