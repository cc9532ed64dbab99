import { matchUserAgent, USER_AGENTS } from '../../src/event/user-agents';

/** An agent for every row of the table, as seen in records or printed in a tool's documentation. */
const AGENTS: readonly (readonly [agent: string, tool: string])[] = [
  ['signin.amazonaws.com', 'AWS console sign-in'],
  ['console.amazonaws.com', 'AWS console sign-in'],
  ['aws-cli/2.31.0 exec-env/CloudShell', 'AWS CloudShell'],
  ['DBeaver 25.1 AthenaJDBC/3.5', 'DBeaver'],
  ['DataGrip/2026.1 AthenaJDBC/3.5', 'DataGrip and JetBrains IDEs'],
  ['cqlsh/6.1', 'cqlsh'],
  ['quicksight.amazonaws.com', 'QuickSight'],
  ['athena.amazonaws.com', 'AWS services'],
  ['states.amazonaws.com.cn', 'AWS services'],
  ['Tableau/2026.1 sbAthenaJDBCDriver/2.0', 'Tableau'],
  ['Microsoft.Mashup.Container ODBC', 'Power BI'],
  ['PowerBI/2.1', 'Power BI'],
  ['Metabase/v0.50 AthenaJDBC/3.5 aws-sdk-java/2.35', 'Metabase'],
  ['Superset/5.0 PyAthena/3.9 Boto3/1.40', 'Superset'],
  ['Looker/26 AthenaJDBC/3.5', 'Looker'],
  ['grafana-athena-datasource/3.1 aws-sdk-go/1.55', 'Grafana'],
  ['redash/25 Boto3/1.40', 'Redash'],
  ['dbt-athena/1.10 PyAthena/3.9 Boto3/1.40', 'dbt'],
  ['Boto3/1.40 Airflow/3.0', 'Airflow'],
  ['dagster/1.11 Boto3/1.40', 'Dagster'],
  ['APN/1.0 HashiCorp/1.0 Terraform/1.13 aws-sdk-go-v2/1.39', 'Terraform'],
  ['Boto3/1.40 exec-env/AWS_Lambda_python3.13 Botocore/1.40', 'Lambda, containers'],
  ['awswrangler/3.13 Boto3/1.40', 'awswrangler'],
  ['PyAthena/3.9 Boto3/1.40', 'PyAthena'],
  ['sbAthenaJDBCDriver/2.1, aws-internal/3 aws-sdk-java/1.12', 'Athena JDBC driver'],
  ['AmazonAthenaODBC/2.0', 'Athena ODBC driver'],
  ['Cassandra Client/ProtocolV4', 'Cassandra drivers'],
  ['DataStax Java Driver/4.19', 'Cassandra drivers'],
  ['aws-cli/2.31.0 md/awscrt#0.27 Botocore/2.31', 'AWS CLI'],
  ['AWSPowerShell.Common/5.0', 'AWS Tools for PowerShell'],
  ['aws-internal/3 aws-sdk-java/1.12', 'inside AWS'],
  ['AWS Internal', 'inside AWS'],
  ['Boto3/1.40 md/Botocore#1.40', 'boto3'],
  ['aws-sdk-js/3.900.0', 'AWS SDKs'],
  ['Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', 'web browsers (console)'],
];

test.each(AGENTS)('knows %s as %s', (agent, tool) => {
  expect(matchUserAgent(agent, 'AssumedRole')?.tool).toBe(tool);
});

test('has an example for every tool of the table', () => {
  const shown = new Set(AGENTS.map(([, tool]) => tool));

  const missing = USER_AGENTS.filter(({ identityTypes }) => identityTypes === undefined)
    .map(({ tool }) => tool)
    .filter((tool) => !shown.has(tool));

  expect(missing).toStrictEqual([]);
});

test('takes the older console from a user, not from a role', () => {
  expect(matchUserAgent('aws-internal/3', 'IAMUser')?.actor).toBe('human');
  expect(matchUserAgent('aws-internal/3', 'AssumedRole')?.actor).toBe('unknown');
});

test('says nothing about an agent it does not know', () => {
  expect(matchUserAgent('curl/8', 'IAMUser')).toBeUndefined();
});
