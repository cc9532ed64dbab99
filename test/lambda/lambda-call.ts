import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

type Handler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>;

export interface CallResult {
  /** Ids of the messages to be delivered again. */
  readonly failed: readonly string[];
  /** Sums of the metrics that were printed. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Calls a function with a batch of messages, `m-0`, `m-1` …. */
export async function callWithMessages(
  handler: Handler<SQSEvent, SQSBatchResponse>,
  bodies: readonly string[],
): Promise<CallResult> {
  const Records = bodies.map((body, index) => ({ messageId: `m-${index}`, body }) as SQSRecord);
  const { answer, metrics } = await callWithEvent(handler, { Records });
  return { failed: answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), metrics };
}

/** Calls a function, and keeps what it prints to itself. */
export async function callWithEvent<Event, Answer>(
  handler: Handler<Event, Answer>,
  event: Event,
): Promise<{ readonly answer: Answer } & Pick<CallResult, 'metrics'>> {
  const printed: string[] = [];
  const keep = (text: string | Uint8Array) => printed.push(String(text)) > 0;
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation(keep);
  const stderr = jest.spyOn(process.stderr, 'write').mockImplementation(keep);
  const context = {
    functionName: 'test',
    functionVersion: '1',
    memoryLimitInMB: '512',
    awsRequestId: 'r',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:test',
    getRemainingTimeInMillis: () => 60_000,
  } as Context;
  try {
    const answer = await handler(event, context);
    return { answer, metrics: readMetrics(printed.join('').split('\n')) };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

/** Metric names and sums of lines in CloudWatch's embedded format. */
function readMetrics(lines: readonly string[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of lines) {
    if (!line.includes('"_aws"')) continue;
    const document = JSON.parse(line);
    for (const { Metrics } of document._aws.CloudWatchMetrics) {
      for (const { Name } of Metrics) {
        const values: number[] = [document[Name]].flat();
        sums[Name] = values.reduce((sum, value) => sum + value, sums[Name] ?? 0);
      }
    }
  }
  return sums;
}
