export { Alarms, type AlarmsProps } from './alarms';
export { BundledFunction, type BundledFunctionProps } from './bundled-function';
export {
  configSchema,
  describeSettings,
  loadConfig,
  parseConfig,
  type QuerytrailConfig,
} from './config';
export { OperationsDashboard, type OperationsDashboardProps } from './dashboard';
export { EventTable, type EventTableProps } from './event-table';
export { Ingest, type IngestProps } from './ingest';
export { Integrity, type IntegrityProps } from './integrity';
export { type MetricService, type QuerytrailMetricOptions, querytrailMetric } from './metrics';
export { type JwtAuth, QueryApi, type QueryApiProps } from './query-api';
export { QuerytrailStack, type QuerytrailStackProps } from './querytrail-stack';
export { Recovery, type RecoveryProps } from './recovery';
export { BucketSource, type BucketSourceProps } from './source/bucket-source';
export { EventBridgeSource, type EventBridgeSourceProps } from './source/event-bridge-source';
export { LogFileSource } from './source/log-file-source';
export { TopicSource, type TopicSourceProps } from './source/topic-source';
export { TrailSource, type TrailSourceProps } from './source/trail-source';
export { Upkeep, type UpkeepProps } from './upkeep';
export { type ConsumerOptions, WorkQueue, type WorkQueueProps } from './work-queue';
