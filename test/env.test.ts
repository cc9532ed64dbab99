import { ENV, ingestEnvSchema, parseEnv } from '../src/env';
import { ConfigError } from '../src/errors';

const complete = {
  [ENV.tableName]: 'events',
  [ENV.intakeQueueUrl]: 'https://sqs.example.com/intake',
  [ENV.deadLetterQueueUrl]: 'https://sqs.example.com/dead',
};

test('fills in the defaults', () => {
  expect(parseEnv(ingestEnvSchema, complete)).toMatchObject({
    [ENV.shards]: 4,
    [ENV.redactLiterals]: false,
    [ENV.ownRoleArns]: [],
  });
});

test('names every variable that is missing or wrong', () => {
  const read = () =>
    parseEnv(ingestEnvSchema, { ...complete, [ENV.tableName]: undefined, [ENV.shards]: 'x' });

  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/QUERYTRAIL_TABLE/);
  expect(read).toThrow(/QUERYTRAIL_SHARDS/);
});
