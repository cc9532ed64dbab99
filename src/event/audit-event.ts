import * as z from 'zod';

export const SERVICES = ['athena', 'keyspaces'] as const;
export const CLASSES = ['DDL', 'DML', 'UTILITY', 'DCL', 'API', 'UNKNOWN'] as const;
export const ACCESSES = ['read', 'write', 'schema', 'metadata', 'control', 'unknown'] as const;
export const ACTORS = ['human', 'application', 'aws-service', 'unknown'] as const;
export const OUTCOMES = ['succeeded', 'failed', 'cancelled', 'running', 'accepted'] as const;
const VERDICTS = ['unverified', 'verified', 'failed', 'missing', 'unlisted'] as const;
const STATEMENT_FLAGS = ['destructive', 'bulkExport', 'allowFiltering', 'explainOnly'] as const;
/**
 * Why a statement's text is not there (yet). `hidden`: CloudTrail hides it and no call asks for it, or
 * it is Spark code and literals are to be masked.
 */
const UNAVAILABLE_REASONS = [
  'pending',
  'call-failed',
  'expired',
  'access-denied',
  'not-found',
  'throttled-out',
  'disabled',
  'hidden',
] as const;

const text = z.string().min(1);
const count = z.number().int().nonnegative();
const isoTime = z.iso.datetime();

const principal = z
  .object({
    type: text.meta({ description: 'userIdentity.type as logged; unknown types pass through' }),
    name: text.meta({ description: 'What a person recognizes: user, session, service or account' }),
    arn: text.optional(),
    accountId: text.optional(),
    roleArn: text.optional().meta({ description: 'The role behind a role session' }),
    sessionName: text.optional(),
    sourceIdentity: text.optional(),
    onBehalfOf: text.optional().meta({ description: 'IAM Identity Center user id' }),
    invokedBy: text.optional().meta({ description: 'The AWS service that made the call' }),
    mfa: z.boolean().optional(),
  })
  .meta({ description: 'Who made the call' });

const statement = z
  .object({
    text: text.optional(),
    source: z.enum(['cloudtrail', 'athena', 'outline']).optional(),
    unavailable: z.enum(UNAVAILABLE_REASONS).optional(),
    truncated: z.boolean().optional(),
    sizeBytes: count.optional().meta({ description: 'Full length where the text was cut' }),
    sha256: text.optional().meta({ description: 'Of the full text, where it was cut' }),
    fingerprint: text
      .optional()
      .meta({ description: 'Equal for statements that differ in literals and white space only' }),
    redacted: z.boolean().optional().meta({ description: 'Literals were masked before storing' }),
  })
  .meta({ description: 'The statement, where the call carried or named one' });

const table = z.object({
  name: text.meta({ description: 'Qualified as written or with the known database: shop.orders' }),
  access: z.enum(['read', 'write']),
});

const resource = z.object({
  type: text.optional().meta({ description: 'AWS resource type, or S3 for a location' }),
  arn: text.optional(),
  uri: text.optional().meta({ description: 's3:// location that the statement reads or writes' }),
  access: z.enum(['read', 'write']).optional(),
});

/** Ids that tie an event to other calls: EXECUTE to its PREPARE, a run to its named query. */
const references = z.object({
  namedQueryId: text.optional(),
  preparedStatement: text.optional(),
  sessionId: text.optional(),
  calculationExecutionId: text.optional(),
  notebookId: text.optional(),
  capacityReservation: text.optional(),
});

const execution = z
  .object({
    state: text.optional().meta({ description: 'QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED' }),
    stateReason: text.optional(),
    errorCategory: z.number().int().optional(),
    errorType: z.number().int().optional(),
    statementType: text.optional(),
    substatementType: text.optional(),
    submittedAt: isoTime.optional(),
    completedAt: isoTime.optional(),
    queueMs: count.optional(),
    planningMs: count.optional(),
    executionMs: count.optional(),
    engineVersion: text.optional(),
    outputLocation: text.optional(),
    reusedResult: z.boolean().optional(),
    dpuCount: z.number().nonnegative().optional(),
  })
  .meta({ description: 'How Athena ran it, from the Athena API' });

const evidence = z
  .object({
    bucket: text.optional().meta({ description: 'Absent for a local file' }),
    key: text.meta({ description: 'Object key, or path of a local file' }),
    index: count.meta({ description: 'Position in Records' }),
    integrity: z.enum(VERDICTS).meta({ description: "The log file's verdict" }),
  })
  .meta({ description: 'Where the original record stands' });

/**
 * One Athena or Keyspaces call, normalized. The single source for storage, API, command line and
 * OpenAPI. A field is absent when unknown, never an empty string.
 */
export const auditEventSchema = z
  .object({
    eventId: text,
    eventTime: isoTime,
    eventName: text,
    service: z.enum(SERVICES),
    eventVersion: text.optional(),
    requestId: text.optional(),
    sharedEventId: text.optional(),
    addendumOf: text.optional().meta({ description: 'originalEventID of an addendum record' }),

    principal,
    actor: z.enum(ACTORS),
    userAgent: text.optional(),

    accountId: text,
    region: text.optional(),
    sourceIp: text.optional().meta({ description: 'As logged: an address or a service name' }),
    vpcEndpointId: text.optional(),
    tls: text.optional().meta({ description: 'TLS version' }),

    class: z.enum(CLASSES),
    operation: text,
    access: z.enum(ACCESSES),
    statement: statement.optional(),
    flags: z.array(z.enum(STATEMENT_FLAGS)).optional(),
    classifier: z.object({
      version: text,
      basis: z.enum(['text', 'event-name', 'athena-api']),
    }),

    tables: z.array(table),
    columns: z.array(text).optional(),
    catalog: text.optional(),
    database: text.optional().meta({ description: 'Athena database or Keyspaces keyspace' }),
    workgroup: text.optional(),
    queryExecutionId: text.optional(),
    references: references.optional(),
    resources: z.array(resource),

    outcome: z.enum(OUTCOMES),
    error: z
      .object({
        code: text,
        message: text.optional(),
        stage: z.enum(['call', 'execution']),
        denied: z.boolean().optional().meta({
          description: 'Access was refused, by the code or the message; absent otherwise',
        }),
      })
      .optional(),
    scannedBytes: count.optional(),
    durationMs: count.optional(),
    costUsd: z.number().nonnegative().optional(),
    execution: execution.optional(),

    evidence,
    shortened: z
      .array(text)
      .optional()
      .meta({ description: 'Fields cut to fit the store; the original record has them whole' }),
  })
  .meta({ id: 'AuditEvent' });

export type AuditEvent = z.infer<typeof auditEventSchema>;
export type Principal = AuditEvent['principal'];
export type Verdict = (typeof VERDICTS)[number];
