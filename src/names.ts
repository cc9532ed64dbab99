/** Names that the code emits and the stack watches: the one place where both meet. */
export const METRIC_NAMESPACE = 'Querytrail';

export const METRICS = {
  filesStored: 'FilesStored',
  filesNotOurs: 'FilesNotOurs',
  filesQuarantined: 'FilesQuarantined',
  filesResumed: 'FilesResumed',
  eventsStored: 'EventsStored',
  recordsSkipped: 'RecordsSkipped',
  recordsQuarantined: 'RecordsQuarantined',
  messagesRejected: 'MessagesRejected',
  lagSeconds: 'LagSeconds',
  recoveryRecovered: 'RecoveryRecovered',
  recoveryUnavailable: 'RecoveryUnavailable',
  recoveryPostponed: 'RecoveryPostponed',
  recoveryUnanswered: 'RecoveryUnanswered',
  recoveryRefused: 'RecoveryRefused',
  digestsVerified: 'DigestsVerified',
  digestsFailed: 'DigestsFailed',
  logFilesVerified: 'LogFilesVerified',
  logFilesFailed: 'LogFilesFailedIntegrity',
  logFilesMissing: 'LogFilesMissing',
  logFilesUnlisted: 'LogFilesUnlisted',
  coverageGaps: 'CoverageGaps',
  digestGaps: 'DigestGaps',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];

/** Adds to a metric of this run. Counts unless the name says a unit. */
export type AddMetric = (name: MetricName, value: number) => void;
