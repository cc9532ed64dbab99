import * as z from 'zod';
import { ConfigError } from './errors';

/** Names of the environment variables: the stack sets them, the handlers read them. */
export const ENV = {
  tableName: 'QUERYTRAIL_TABLE',
  shards: 'QUERYTRAIL_SHARDS',
  retentionDays: 'QUERYTRAIL_RETENTION_DAYS',
  redactLiterals: 'QUERYTRAIL_REDACT_LITERALS',
  maxInflatedMb: 'QUERYTRAIL_MAX_INFLATED_MB',
  intakeQueueUrl: 'QUERYTRAIL_INTAKE_QUEUE_URL',
  deadLetterQueueUrl: 'QUERYTRAIL_DEAD_LETTER_QUEUE_URL',
  integrityQueueUrl: 'QUERYTRAIL_INTEGRITY_QUEUE_URL',
  recoveryQueueUrl: 'QUERYTRAIL_RECOVERY_QUEUE_URL',
  recoveryRoleName: 'QUERYTRAIL_RECOVERY_ROLE_NAME',
  recoveryCallsPerSecond: 'QUERYTRAIL_RECOVERY_CALLS_PER_SECOND',
  pricePerTb: 'QUERYTRAIL_PRICE_PER_TB',
  tbBase: 'QUERYTRAIL_TB_BASE',
  ownRoleArns: 'QUERYTRAIL_OWN_ROLE_ARNS',
} as const;

const url = z.url();
const positive = z.coerce.number().positive();
const wholePositive = z.coerce.number().int().positive();
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
/** Role ARNs: the name of a role may hold a comma, no ARN holds a space. */
const arns = z.string().transform((value) => value.split(' ').filter((arn) => arn !== ''));

const storeEnv = {
  [ENV.tableName]: z.string().min(1),
  [ENV.shards]: wholePositive.default(4),
};

const writerEnv = {
  ...storeEnv,
  /** Days until an event expires; absent: it never does. */
  [ENV.retentionDays]: wholePositive.optional(),
};

export const ingestEnvSchema = z.object({
  ...writerEnv,
  [ENV.redactLiterals]: flag.default(false),
  [ENV.maxInflatedMb]: wholePositive.default(512),
  [ENV.intakeQueueUrl]: url,
  [ENV.deadLetterQueueUrl]: url,
  /** Absent: digests are not verified. */
  [ENV.integrityQueueUrl]: url.optional(),
  /** Absent: recovery is off. */
  [ENV.recoveryQueueUrl]: url.optional(),
  [ENV.ownRoleArns]: arns.default([]),
});

export const queryEnvSchema = z.object(storeEnv);

export const integrityEnvSchema = z.object(writerEnv);

export const upkeepEnvSchema = z.object(writerEnv);

export const recoveryEnvSchema = z.object({
  ...writerEnv,
  [ENV.redactLiterals]: flag.default(false),
  [ENV.recoveryQueueUrl]: url,
  /** Role to assume in other accounts; absent: only the stack's own account is asked. */
  [ENV.recoveryRoleName]: z.string().min(1).optional(),
  [ENV.recoveryCallsPerSecond]: positive.default(2),
  [ENV.pricePerTb]: z.coerce.number().nonnegative().default(5),
  [ENV.tbBase]: z.enum(['decimal', 'binary']).default('binary'),
});

/**
 * Reads a handler's environment once, at start.
 * @throws ConfigError `config.env` that names every variable that is missing or wrong.
 */
export function parseEnv<Schema extends z.ZodType>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): z.infer<Schema> {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    throw new ConfigError('config.env', `environment: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
