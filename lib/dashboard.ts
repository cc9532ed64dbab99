import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { METRICS } from '../src/names';
import type { Alarms } from './alarms';
import type { EventTable } from './event-table';
import { querytrailMetric } from './metrics';
import type { QueryApi } from './query-api';
import type { WorkQueue } from './work-queue';

export interface OperationsDashboardProps {
  readonly alarms: Alarms;
  readonly table: EventTable;
  readonly queryApi: QueryApi;
  readonly queues: readonly WorkQueue[];
}

/** One CloudWatch page: alarms, what came in, what waits, what was refused. */
export class OperationsDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: OperationsDashboardProps) {
    super(scope, id);
    const { alarms, table, queryApi, queues } = props;
    this.dashboard = new Dashboard(this, 'Dashboard', {
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', width: 24, alarms: alarms.alarms })],
        [
          graph('Log files', [
            querytrailMetric('ingest', METRICS.filesStored),
            querytrailMetric('ingest', METRICS.filesQuarantined),
            querytrailMetric('ingest', METRICS.filesNotOurs),
          ]),
          graph('Events', [
            querytrailMetric('ingest', METRICS.eventsStored),
            querytrailMetric('ingest', METRICS.recordsQuarantined),
          ]),
          graph('Seconds from event to store', [
            querytrailMetric('ingest', METRICS.lagSeconds, { statistic: 'p50' }),
            querytrailMetric('ingest', METRICS.lagSeconds, { statistic: 'p99' }),
          ]),
        ],
        [
          graph(
            'Messages waiting',
            queues.map(({ queue }) => queue.metricApproximateNumberOfMessagesVisible()),
          ),
          graph(
            'Dead letters',
            queues.map(({ deadLetterQueue }) =>
              deadLetterQueue.metricApproximateNumberOfMessagesVisible(),
            ),
          ),
          graph('Throttled by DynamoDB', table.metricsThrottled()),
        ],
        [
          graph('Statements recovered', [
            querytrailMetric('recovery', METRICS.recoveryRecovered),
            querytrailMetric('recovery', METRICS.recoveryUnavailable),
            querytrailMetric('recovery', METRICS.recoveryPostponed),
            querytrailMetric('recovery', METRICS.recoveryUnanswered),
            querytrailMetric('recovery', METRICS.recoveryRefused),
          ]),
          graph('Integrity', [
            querytrailMetric('integrity', METRICS.digestsVerified),
            querytrailMetric('integrity', METRICS.logFilesVerified),
            querytrailMetric('integrity', METRICS.digestsFailed),
            querytrailMetric('integrity', METRICS.logFilesFailed),
            querytrailMetric('integrity', METRICS.logFilesMissing),
            querytrailMetric('integrity', METRICS.logFilesUnlisted),
            querytrailMetric('ingest', METRICS.logFilesFailed),
            querytrailMetric('ingest', METRICS.logFilesUnlisted),
            querytrailMetric('upkeep', METRICS.coverageGaps, { statistic: 'Maximum' }),
            querytrailMetric('upkeep', METRICS.digestGaps, { statistic: 'Maximum' }),
          ]),
          graph('API', [
            queryApi.api.metricCount({ statistic: 'Sum' }),
            queryApi.api.metricClientError({ statistic: 'Sum' }),
            queryApi.metricServerErrors({ statistic: 'Sum' }),
          ]),
        ],
      ],
    });
  }
}

function graph(title: string, left: readonly IMetric[]): IWidget {
  return new GraphWidget({ title, width: 8, left: [...left] });
}
