import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** As long as SQS can: a message keeps its age when it is set aside. */
const RETENTION = Duration.days(14);

/** The Lambda guide's rule for a queue that feeds a function. */
const VISIBILITY_PER_TIMEOUT = 6;

export interface WorkQueueProps {
  /** Timeout of the function that reads the queue. */
  readonly consumerTimeout: Duration;
  /**
   * Time that a message waits before it is first seen.
   * @default Duration.seconds(0)
   */
  readonly deliveryDelay?: Duration;
  /**
   * Time to wait for a batch to fill.
   * @default Duration.seconds(0)
   */
  readonly batchingWindow?: Duration;
  /**
   * Deliveries until a message is set aside.
   * @default 5
   */
  readonly maxReceiveCount?: number;
}

export interface ConsumerOptions {
  /**
   * Ten at most where the queue has no batching window.
   * @default 10
   */
  readonly batchSize?: number;
  /** Most runs of the function at the same time, at least 2. */
  readonly maxConcurrency: number;
}

/** A queue with the dead-letter queue behind it, both encrypted and reached by TLS only. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  private readonly batchingWindow: Duration;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.batchingWindow = props.batchingWindow ?? Duration.seconds(0);
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
      deliveryDelay: props.deliveryDelay,
      // A message is not to be seen while it waits for its batch.
      visibilityTimeout: Duration.seconds(
        props.consumerTimeout.toSeconds() * VISIBILITY_PER_TIMEOUT +
          this.batchingWindow.toSeconds(),
      ),
      deadLetterQueue: {
        queue: this.deadLetterQueue,
        maxReceiveCount: props.maxReceiveCount ?? 5,
      },
    });
  }

  /** Feeds the messages to a function that reports failures message by message. */
  feed(consumer: LambdaFunction, options: ConsumerOptions): void {
    const waits = this.batchingWindow.toSeconds() > 0;
    consumer.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: Math.min(options.batchSize ?? 10, waits ? 10_000 : 10),
        maxBatchingWindow: waits ? this.batchingWindow : undefined,
        maxConcurrency: options.maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
  }

  /** Lets a function send messages; it finds the queue's URL in the environment variable. */
  grantSend(sender: LambdaFunction, variable: string): void {
    this.queue.grant(sender, 'sqs:SendMessage');
    sender.addEnvironment(variable, this.queue.queueUrl);
  }

  /** Lets a function put aside what only a person can mend. */
  grantSendDeadLetter(sender: LambdaFunction, variable: string): void {
    this.deadLetterQueue.grant(sender, 'sqs:SendMessage');
    sender.addEnvironment(variable, this.deadLetterQueue.queueUrl);
  }
}
