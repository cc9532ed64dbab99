import type { AuditEvent } from './audit-event';

export interface UserAgentRule {
  readonly tool: string;
  readonly pattern: RegExp;
  readonly actor: AuditEvent['actor'];
  /** Identity types that the rule holds for; without it, all. */
  readonly identityTypes?: readonly string[];
}

/**
 * What a user agent says about who was at work. The first row that matches counts: tools stand
 * before the drivers and SDKs that they carry, whose names their agents contain too.
 *
 * `human`: only a person uses this. `application`: a program that calls by itself; a person may
 * stand behind it, but nothing in the agent says so. `unknown`: used by persons and scripts alike.
 */
export const USER_AGENTS: readonly UserAgentRule[] = [
  // The console, and shells and editors that nobody runs unattended.
  {
    tool: 'AWS console sign-in',
    pattern: /\b(signin|console)\.(aws\.)?amazon(aws)?\.com/,
    actor: 'human',
  },
  { tool: 'AWS CloudShell', pattern: /exec-env\/CloudShell/i, actor: 'human' },
  { tool: 'DBeaver', pattern: /dbeaver/i, actor: 'human' },
  { tool: 'DataGrip and JetBrains IDEs', pattern: /datagrip|intellij/i, actor: 'human' },
  { tool: 'cqlsh', pattern: /\bcqlsh\b/i, actor: 'human' },

  // AWS services that call for somebody.
  { tool: 'QuickSight', pattern: /quicksight/i, actor: 'aws-service' },
  { tool: 'AWS services', pattern: /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/, actor: 'aws-service' },

  // Business intelligence and notebooks.
  { tool: 'Tableau', pattern: /tableau/i, actor: 'application' },
  { tool: 'Power BI', pattern: /power ?bi|microsoft\.mashup/i, actor: 'application' },
  { tool: 'Metabase', pattern: /metabase/i, actor: 'application' },
  { tool: 'Superset', pattern: /superset/i, actor: 'application' },
  { tool: 'Looker', pattern: /looker/i, actor: 'application' },
  { tool: 'Grafana', pattern: /grafana/i, actor: 'application' },
  { tool: 'Redash', pattern: /redash/i, actor: 'application' },

  // Pipelines and infrastructure.
  { tool: 'dbt', pattern: /\bdbt\b/i, actor: 'application' },
  { tool: 'Airflow', pattern: /airflow/i, actor: 'application' },
  { tool: 'Dagster', pattern: /dagster/i, actor: 'application' },
  { tool: 'Terraform', pattern: /terraform|hashicorp/i, actor: 'application' },
  { tool: 'Lambda, containers', pattern: /exec-env\/AWS_(Lambda|ECS)/i, actor: 'application' },

  // Libraries and drivers.
  { tool: 'awswrangler', pattern: /awswrangler|aws-sdk-pandas/i, actor: 'application' },
  { tool: 'PyAthena', pattern: /pyathena/i, actor: 'application' },
  { tool: 'Athena JDBC driver', pattern: /jdbc/i, actor: 'application' },
  { tool: 'Athena ODBC driver', pattern: /odbc/i, actor: 'application' },
  {
    tool: 'Cassandra drivers',
    pattern: /cassandra client\/|cassandra-driver|datastax|gocql/i,
    actor: 'application',
  },

  // Command lines: a person or a script.
  { tool: 'AWS CLI', pattern: /^aws-cli\//, actor: 'unknown' },
  { tool: 'AWS Tools for PowerShell', pattern: /awspowershell/i, actor: 'unknown' },

  // Inside AWS: the older console for users; for roles it may be any service.
  {
    tool: 'AWS console (older)',
    pattern: /^aws-internal\/\d/,
    actor: 'human',
    identityTypes: ['IAMUser', 'Root'],
  },
  { tool: 'inside AWS', pattern: /^aws-internal\/\d|^AWS Internal/, actor: 'unknown' },

  { tool: 'boto3', pattern: /boto3|botocore/i, actor: 'application' },
  { tool: 'AWS SDKs', pattern: /\baws-sdk-[a-z]/i, actor: 'application' },
  { tool: 'web browsers (console)', pattern: /^Mozilla\//, actor: 'human' },
];

/** A trail repeats its few user agents over and over; the table is searched once for each. */
const MAX_REMEMBERED = 1000;
const remembered = new Map<string, UserAgentRule | undefined>();

/** The row that a user agent falls under. */
export function matchUserAgent(userAgent: string, identityType: string): UserAgentRule | undefined {
  const key = `${identityType} ${userAgent}`;
  if (remembered.has(key)) return remembered.get(key);
  const rule = USER_AGENTS.find(
    ({ pattern, identityTypes }) =>
      pattern.test(userAgent) && (identityTypes?.includes(identityType) ?? true),
  );
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(key, rule);
  return rule;
}
