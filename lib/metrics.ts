import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, type MetricName } from '../src/names';

/** Handlers that publish metrics; each names itself in the dimension `service`. */
export type MetricService = 'ingest' | 'recovery' | 'integrity' | 'upkeep';

export interface QuerytrailMetricOptions {
  /** @default 'Sum' */
  readonly statistic?: string;
  /** @default Duration.minutes(5) */
  readonly period?: Duration;
}

/** A metric that a handler publishes. */
export function querytrailMetric(
  service: MetricService,
  metricName: MetricName,
  { statistic = 'Sum', period = Duration.minutes(5) }: QuerytrailMetricOptions = {},
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { service },
    statistic,
    period,
  });
}
