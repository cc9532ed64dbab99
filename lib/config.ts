import { existsSync, readFileSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';

const LOG_RETENTION_DAYS = Object.values(RetentionDays).filter(
  (value) => typeof value === 'number',
);

const KEY_ARN =
  /^arn:aws(-[a-z]+)*:kms:[a-z]+(-[a-z]+)+-\d:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const TOPIC_ARN = /^arn:aws(-[a-z]+)*:sns:[a-z]+(-[a-z]+)+-\d:\d{12}:[\w-]{1,256}$/;
const ISSUER = /^https:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?=.{3,63}$)[a-z0-9]+((-+|\.)[a-z0-9]+)*$/;
const NO_BUCKET_NAME =
  /^(\d{1,3}\.){3}\d{1,3}$|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

/** Names of CDK's own in an app's context. */
const OF_CDK = /[:@]|^acknowledged-issue-numbers$/;

/** Context and command line carry text, the file carries JSON: both mean the same. */
const toNumber = (value: unknown) =>
  typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
const toBoolean = (value: unknown) => (value === 'true' ? true : value === 'false' ? false : value);
const toList = (value: unknown) => (typeof value === 'string' ? value.split(',') : value);

const whole = (min: number, max: number) =>
  z.preprocess(toNumber, z.number().int().min(min).max(max));
const flag = z.preprocess(toBoolean, z.boolean());
const keyArn = z.string().regex(KEY_ARN);

const WHOLE = (min: number, max: number) => `a whole number from ${min} to ${max}`;
const FLAG = 'true or false';

/** Every setting of the stack. `allowed` is what a refusal names. */
const settings = {
  stackName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/)
    // CDK finds its constructs in a plain object.
    .refine((name) => !(name in Object.prototype))
    .default('Querytrail')
    .meta({
      description: 'Name of the CloudFormation stack.',
      allowed:
        'a letter, then letters, digits and hyphens, 128 at most; no word of JavaScript such as constructor',
    }),
  source: z.enum(['new', 'bucket', 'sns', 'eventbridge']).default('new').meta({
    description:
      'Where log files are announced: a new trail, an existing bucket of this account, an SNS topic, or EventBridge.',
    allowed: 'new, bucket, sns or eventbridge',
  }),
  dataEvents: flag.default(true).meta({
    description:
      'Whether the new trail records Keyspaces DML and stream reads. CloudTrail charges each data event.',
    allowed: FLAG,
  }),
  bucketName: z
    .string()
    .regex(BUCKET_NAME)
    .refine((name) => !NO_BUCKET_NAME.test(name))
    .optional()
    .meta({
      description: 'Bucket that holds the log files, for the sources bucket, sns and eventbridge.',
      allowed:
        'the name of an S3 bucket, without s3:// or arn: (3 to 63 small letters, digits, hyphens and single dots, no dot beside a hyphen, no IP address, no prefix or suffix that S3 reserves)',
    }),
  bucketKeyArn: keyArn.optional().meta({
    description: 'KMS key that encrypts the log files of an existing bucket.',
    allowed: 'the ARN of a KMS key, not of an alias',
  }),
  topicArn: z.string().regex(TOPIC_ARN).optional().meta({
    description: "Topic of CloudTrail's or of S3's notifications, for the source sns; any account.",
    allowed: 'the ARN of an SNS topic',
  }),
  encryptionKeyArn: keyArn.optional().meta({
    description: 'KMS key for everything that the stack keeps, in place of one of its own.',
    allowed: 'the ARN of a KMS key, not of an alias',
  }),
  eventRetentionDays: whole(1, 3650)
    .optional()
    .meta({
      description: 'Days until a stored event expires; never when not set.',
      allowed: WHOLE(1, 3650),
    }),
  trailRetentionDays: whole(1, 3650)
    .optional()
    .meta({
      description:
        "Days until a log file of the new trail's bucket is deleted; never when not set.",
      allowed: WHOLE(1, 3650),
    }),
  redactLiterals: flag.default(false).meta({
    description: 'Whether literals of statements are masked before they are stored.',
    allowed: FLAG,
  }),
  maxInflatedMb: whole(50, 4096)
    .default(512)
    .meta({
      description:
        'Most MB that a log file may inflate to before it is set aside; CloudTrail writes 50 at most.',
      allowed: WHOLE(50, 4096),
    }),
  shards: whole(1, 64)
    .default(4)
    .meta({
      description: 'Partitions per key and month. Fixed by the first deployment.',
      allowed: WHOLE(1, 64),
    }),
  recovery: flag.default(true).meta({
    description: 'Whether masked Athena statements are asked for at the Athena API.',
    allowed: FLAG,
  }),
  recoveryRoleName: z
    .string()
    .regex(/^[\w+=,.@-]{1,64}$/)
    .optional()
    .meta({
      description:
        'Role to assume in other accounts for that; without it only this account is asked.',
      allowed: 'the name of an IAM role: letters, digits and +=,.@_-, 64 at most',
    }),
  recoveryCallsPerSecond: whole(1, 10)
    .default(2)
    .meta({
      description:
        "Calls a second to the Athena API of one account and Region; the account's users share its limit of 10.",
      allowed: WHOLE(1, 10),
    }),
  stateChanges: flag.default(false).meta({
    description:
      "Whether Athena's events bring the end of a query at once, in this account and Region.",
    allowed: FLAG,
  }),
  keepOwnCalls: flag.default(false).meta({
    description: "Whether recovery's own calls to Athena are kept in the trail that it builds.",
    allowed: FLAG,
  }),
  pricePerTb: z.preprocess(toNumber, z.number().nonnegative()).default(5).meta({
    description: 'Price of a terabyte that Athena scans, in US dollars.',
    allowed: 'a number, 0 or more',
  }),
  tbBase: z.enum(['decimal', 'binary']).default('binary').meta({
    description: 'Whether that terabyte is 10^12 or 2^40 bytes.',
    allowed: 'decimal or binary',
  }),
  maxConcurrency: whole(2, 1000)
    .default(10)
    .meta({
      description: 'Most log-file batches read at the same time.',
      allowed: WHOLE(2, 1000),
    }),
  batchingWindowSeconds: whole(1, 300)
    .default(120)
    .meta({
      description:
        'Longest that a new log file waits for others to be read with; the longer, the cheaper.',
      allowed: WHOLE(1, 300),
    }),
  auth: z.enum(['iam', 'jwt']).default('iam').meta({
    description:
      'How callers of the API prove who they are: signed with IAM, or a token of an OpenID Connect provider.',
    allowed: 'iam or jwt',
  }),
  jwtIssuer: z
    .string()
    .regex(ISSUER)
    .refine((issuer) => URL.canParse(issuer))
    .optional()
    .meta({
      description: 'Issuer of the tokens, for auth jwt.',
      allowed: 'an https URL as the tokens name it, without user, ? and #',
    }),
  jwtAudience: z
    .preprocess(toList, z.array(z.string().min(1)).min(1))
    .optional()
    .meta({
      description: 'Audiences that a token may name, for auth jwt.',
      allowed: 'a list of names, separated by commas on the command line',
    }),
  apiRatePerSecond: whole(1, 10_000)
    .default(20)
    .meta({
      description: 'Requests a second that the API takes in the long run.',
      allowed: WHOLE(1, 10_000),
    }),
  apiBurst: whole(1, 5000)
    .default(40)
    .meta({
      description: 'Requests that the API takes at once.',
      allowed: WHOLE(1, 5000),
    }),
  alarmEmail: z.email().optional().meta({
    description: 'Address that alarms are mailed to; AWS asks it to confirm.',
    allowed: 'an e-mail address',
  }),
  logRetentionDays: z
    .preprocess(
      toNumber,
      z.number().refine((days) => LOG_RETENTION_DAYS.includes(days)),
    )
    .default(RetentionDays.THREE_MONTHS)
    .meta({
      description: 'Days that CloudWatch keeps the logs of the functions and of the API.',
      allowed: `one of ${LOG_RETENTION_DAYS.toSorted((a, b) => a - b).join(', ')}`,
    }),
  removalPolicy: z.enum(['retain', 'destroy']).default('retain').meta({
    description: 'What becomes of table, key and bucket when the stack is deleted.',
    allowed: 'retain or destroy',
  }),
} as const;

export const configSchema = z.strictObject(settings);

export type QuerytrailConfig = z.infer<typeof configSchema>;

type Setting = keyof QuerytrailConfig;

/** A setting that only makes sense where another one has one of these values. */
const BELONGS_TO: readonly {
  readonly setting: Setting;
  readonly of: Setting;
  readonly values: readonly string[];
  readonly required: boolean;
}[] = [
  { setting: 'dataEvents', of: 'source', values: ['new'], required: false },
  { setting: 'trailRetentionDays', of: 'source', values: ['new'], required: false },
  { setting: 'bucketName', of: 'source', values: ['bucket', 'sns', 'eventbridge'], required: true },
  {
    setting: 'bucketKeyArn',
    of: 'source',
    values: ['bucket', 'sns', 'eventbridge'],
    required: false,
  },
  { setting: 'topicArn', of: 'source', values: ['sns'], required: true },
  { setting: 'recoveryRoleName', of: 'recovery', values: ['true'], required: false },
  { setting: 'stateChanges', of: 'recovery', values: ['true'], required: false },
  { setting: 'jwtIssuer', of: 'auth', values: ['jwt'], required: true },
  { setting: 'jwtAudience', of: 'auth', values: ['jwt'], required: true },
];

/**
 * Checks settings and fills in the defaults.
 *
 * @param input - settings by name; numbers, flags and lists may be given as text.
 * @throws Error that names every wrong setting, its value and what is allowed.
 */
export function parseConfig(input: Readonly<Record<string, unknown>>): QuerytrailConfig {
  const parsed = configSchema.safeParse(input);
  const problems = parsed.success
    ? relationProblems(parsed.data, input)
    : parsed.error.issues.flatMap((issue) => describeIssue(issue, input));
  if (problems.length > 0 || !parsed.success) {
    throw new Error(`wrong configuration: ${[...new Set(problems)].join('; ')}`);
  }
  return parsed.data;
}

/**
 * Reads the settings of a CDK app: `querytrail.config.json` beside cdk.json, overruled by
 * `-c name=value`.
 *
 * @param context - the app's context; what CDK keeps there for itself is passed over.
 * @throws Error as `parseConfig`, or when the file is no JSON object.
 */
export function loadConfig(
  context: Readonly<Record<string, unknown>>,
  file = 'querytrail.config.json',
): QuerytrailConfig {
  const ofContext = Object.entries(context).filter(([name]) => !OF_CDK.test(name));
  return parseConfig({ ...readConfigFile(file), ...Object.fromEntries(ofContext) });
}

/** Every setting as the documentation lists it. */
export function describeSettings(): readonly {
  readonly name: string;
  readonly description: string;
  readonly allowed: string;
  readonly default: string;
}[] {
  return Object.entries(settings).map(([name, schema]) => {
    const { description = '', allowed } = schema.meta() ?? {};
    const byDefault = schema.safeParse(undefined).data;
    return {
      name,
      description,
      allowed: String(allowed),
      default: byDefault === undefined ? 'not set' : String(byDefault),
    };
  });
}

function readConfigFile(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`wrong configuration: ${file} is not JSON`, { cause });
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(content);
  if (!parsed.success) throw new Error(`wrong configuration: ${file} is not a JSON object`);
  return parsed.data;
}

function describeIssue(
  issue: z.core.$ZodIssue,
  input: Readonly<Record<string, unknown>>,
): readonly string[] {
  const known = describeSettings();
  if (issue.code === 'unrecognized_keys') {
    const names = known.map(({ name }) => name).join(', ');
    return issue.keys.map((key) => `${key} is no setting; allowed: ${names}`);
  }
  const name = String(issue.path[0]);
  const allowed = known.find((setting) => setting.name === name)?.allowed;
  return [`${name} is ${JSON.stringify(input[name])}; allowed: ${allowed}`];
}

function relationProblems(
  config: QuerytrailConfig,
  input: Readonly<Record<string, unknown>>,
): readonly string[] {
  return BELONGS_TO.flatMap(({ setting, of, values, required }) => {
    const applies = values.includes(String(config[of]));
    const value = config[setting];
    const isSet = input[setting] !== undefined && value !== false;
    if (applies && required && !isSet) {
      const allowed = describeSettings().find(({ name }) => name === setting)?.allowed;
      return [`${setting} is not set, but ${of} is ${config[of]}; allowed: ${allowed}`];
    }
    if (!applies && isSet) {
      return [
        `${setting} is ${JSON.stringify(value)}, but ${of} is ${config[of]}; allowed only where ${of} is ${values.join(' or ')}`,
      ];
    }
    return [];
  });
}
