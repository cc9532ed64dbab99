import { run } from '../../../src/cli/run';
import { sendDeadLetter, sendMessages } from '../../../src/ingest/queues';
import { type QueueEndpoint, startQueueEndpoint } from '../../integration/queue-endpoint';
import { captureIo } from '../capture-io';

const ENVIRONMENT = { ...process.env };
const LATER = () => Date.now() + 1000;

let queues: QueueEndpoint;

beforeEach(async () => {
  queues = await startQueueEndpoint();
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  Object.assign(process.env, { ...credentials, AWS_REGION: 'eu-west-1' });
  const [client, dead] = [queues.client(), queues.queueUrl('dead')];
  await sendMessages(client, dead, ['{"s3Bucket":"b"}']);
  await sendDeadLetter(client, dead, 'no JSON', 'notification.json');
});

afterEach(async () => {
  process.env = { ...ENVIRONMENT };
  await queues.close();
});

test('sends dead letters back to the queue that they come from', async () => {
  const { output, exitCode } = await redrive('--queue-url', queues.queueUrl('dead'));

  expect(JSON.parse(output)).toMatchObject({ messages: 2, sent: 2 });
  expect(queues.sent('dead-source')).toEqual(['{"s3Bucket":"b"}', 'no JSON']);
  expect(queues.inside('dead')).toEqual([]);
  expect(exitCode).toBe(0);
});

test('sends those of a reason to a queue that is named', async () => {
  const queueUrls = ['--queue-url', queues.queueUrl('dead'), '--to', queues.queueUrl('intake')];

  await redrive(...queueUrls, '--reason', 'notification.json');

  expect(queues.sent('intake')).toEqual(['no JSON']);
  expect(queues.inside('dead')).toEqual(['{"s3Bucket":"b"}']);
});

test('shows the reasons as a table on a terminal, and sends nothing on a dry run', async () => {
  const io = { ...captureIo({ columns: 100, env: { NO_COLOR: '1' } }), clock: LATER };
  await run(['redrive', '--queue-url', queues.queueUrl('dead'), '--dry-run'], io);

  expect(io.stdout.text().split('\n')).toEqual([
    expect.stringMatching(/^reason +messages +sent back +for example/),
    expect.stringMatching(/^received too often +1 +0 +\{"s3Bucket":"b"\}/),
    expect.stringMatching(/^notification\.json +1 +0 +no JSON/),
    '2 dead letters: nothing sent',
    '',
  ]);
  expect(queues.inside('dead')).toHaveLength(2);
});

test.each([
  ['no queue', []],
  ['a queue that is no URL', ['--queue-url', 'dead']],
  ['a circle', ['--queue-url', 'https://sqs/1/dead', '--to', 'https://sqs/1/dead']],
])('calls %s a misuse', async (_name, args) => {
  const { exitCode, errors } = await redrive(...args);

  expect(exitCode).toBe(2);
  expect(errors).not.toBe('');
});

async function redrive(...args: string[]) {
  const io = { ...captureIo(), clock: LATER };
  const exitCode = await run(['redrive', ...args], io);
  return { exitCode, output: io.stdout.text(), errors: io.stderr.text() };
}
