import {
  type Actor,
  ANA,
  BEN,
  CLARA,
  DASHBOARDS,
  DBT,
  DINA,
  LEO,
  LOADER,
  MARKETING_ETL,
  NOOR,
  QUICKSIGHT,
  RARE_ACTORS,
  ROOT,
  SPARK,
} from './actors';
import { type AthenaHistory, type Execution, toQueryExecution } from './athena-history';
import {
  ANALYST_STATEMENTS,
  type AthenaStatement,
  AUDIT_STATEMENTS,
  DASHBOARD_STATEMENTS,
  HOSTILE_STATEMENT,
  INTRUDER_STATEMENTS,
  LOADER_STATEMENTS,
  MARKETING_STATEMENTS,
  TRANSFORM_STATEMENTS,
} from './athena-statements';
import type { Call } from './call';
import {
  metadataCall,
  releaseCalls,
  serviceCall,
  streamCall,
  supportCall,
} from './keyspaces-calls';
import { ANALYTICS, type Place, SECURITY, SHOP } from './places';
import type { Random } from './random';

export interface Story {
  readonly calls: readonly Call[];
  readonly history: AthenaHistory;
}

interface Start {
  readonly place: Place;
  readonly actor: Actor;
  readonly timeMs: number;
  readonly statement: AthenaStatement;
  /** The text stands in the record, under today's or the old name. */
  readonly clear?: 'queryString' | 'query';
  readonly error?: Call['error'];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK_DAYS = 7;

const WAREHOUSE: Place = { account: ANALYTICS, region: 'eu-west-1' };
const CAMPAIGNS: Place = { account: ANALYTICS, region: 'us-east-1' };
const AUDIT: Place = { account: SECURITY, region: 'eu-west-1' };

const DENIED = {
  code: 'AccessDeniedException',
  message: 'User is not authorized to perform: athena:StartQueryExecution on the workgroup',
};
const THROTTLED = { code: 'TooManyRequestsException', message: 'Rate exceeded' };
const NO_OUTPUT = { code: 'InvalidRequestException', message: 'No output location provided.' };

/** A week of Athena and Keyspaces in one organization: services, nights, people, one intruder. */
export function tellStory(nowMs: number, random: Random): Story {
  const calls: Call[] = [];
  const history: AthenaHistory = { QueryExecutions: [], NamedQueries: [], PreparedStatements: [] };
  const fromMs = nowMs - WEEK_DAYS * DAY;

  function start(query: Start): string | undefined {
    const { statement, timeMs, place } = query;
    const sql = statement.sql(new Date(timeMs).toISOString().slice(0, 10), random);
    const id = random.uuid();
    calls.push(startCall(query, sql, id, random));
    if (query.error) return undefined;
    const execution: Execution = {
      id,
      statement,
      sql,
      submittedMs: timeMs,
      account: place.account,
    };
    const isForgotten = random.chance(0.006);
    if (!isForgotten) {
      history.QueryExecutions.push(toQueryExecution(execution, nowMs, random));
    }
    return id;
  }

  /** Everybody who looks at a result in the console or a driver asks for its state and rows. */
  function follow(query: Start, id: string | undefined, readOnlyCalls: number): void {
    if (!id) return;
    for (let asked = 1; asked <= readOnlyCalls; asked++) {
      calls.push({
        ...query.place,
        timeMs: query.timeMs + asked * 1_500,
        actor: query.actor,
        source: 'athena',
        eventName: asked === readOnlyCalls ? 'GetQueryResults' : 'GetQueryExecution',
        readOnly: true,
        requestParameters: { queryExecutionId: id },
      });
    }
  }

  for (let hourMs = fromMs; hourMs < nowMs; hourMs += HOUR) {
    const at = (minute: number, spread = 1) =>
      hourMs + minute * MINUTE + random.integer(0, spread * MINUTE - 1_000);
    const hour = new Date(hourMs).getUTCHours();
    const weekday = new Date(hourMs).getUTCDay();
    const isWorkingTime = hour >= 7 && hour < 18 && weekday >= 1 && weekday <= 5;

    for (const minute of [0, 15, 30, 45]) {
      if (!isWorkingTime && random.chance(0.45)) continue;
      const query: Start = {
        place: WAREHOUSE,
        actor: DASHBOARDS,
        timeMs: at(minute),
        statement: random.pickWeighted(DASHBOARD_STATEMENTS),
        ...(random.chance(0.02) && { error: THROTTLED }),
      };
      follow(query, start(query), random.chance(0.35) ? 1 : 0);
    }

    for (const minute of [5, 35]) {
      start({
        place: WAREHOUSE,
        actor: LOADER,
        timeMs: at(minute),
        statement: random.pickWeighted(LOADER_STATEMENTS),
      });
    }

    if (hour % 4 === 2) {
      for (const minute of [10, 14, 19, 25]) {
        start({
          place: CAMPAIGNS,
          actor: MARKETING_ETL,
          timeMs: at(minute),
          statement: random.pickWeighted(MARKETING_STATEMENTS),
        });
      }
    }

    if (hour === 2 || hour === 12) {
      TRANSFORM_STATEMENTS.forEach((statement, index) => {
        start({ place: WAREHOUSE, actor: DBT, timeMs: at(4 + index * 3), statement });
      });
    }

    const curiosity = isWorkingTime ? random.integer(3, 7) : random.chance(0.08) ? 1 : 0;
    for (let asked = 0; asked < curiosity; asked++) {
      const query: Start = {
        place: WAREHOUSE,
        actor: random.pick([ANA, ANA, ANA, BEN, BEN, CLARA, DINA]),
        timeMs: at(0, 60),
        statement: random.pickWeighted(ANALYST_STATEMENTS),
        ...(random.chance(0.04) && { error: random.pick([DENIED, NO_OUTPUT]) }),
      };
      follow(query, start(query), random.integer(0, 2));
    }

    if (hour === 6 || (isWorkingTime && random.chance(0.5))) {
      start({
        place: AUDIT,
        actor: NOOR,
        timeMs: at(20, 20),
        statement: random.pickWeighted(AUDIT_STATEMENTS),
        clear: random.chance(0.5) ? 'queryString' : 'query',
      });
    }

    if (hour === 5) {
      start({
        place: WAREHOUSE,
        actor: QUICKSIGHT,
        timeMs: at(30),
        statement: random.pickWeighted(DASHBOARD_STATEMENTS),
        clear: 'queryString',
      });
    }

    if (random.chance(0.25)) {
      start({
        place: WAREHOUSE,
        actor: random.pick(RARE_ACTORS),
        timeMs: at(0, 60),
        statement: random.pickWeighted(DASHBOARD_STATEMENTS),
      });
    }

    const orders = isWorkingTime ? 10 : 5;
    for (let order = 0; order < orders; order++) {
      calls.push(serviceCall(at(0, 60), 'eu-west-1', random));
    }
    if (random.chance(0.8)) calls.push(serviceCall(at(0, 60), 'us-east-1', random));
    if (random.chance(0.7)) calls.push(streamCall(at(0, 60), random));
    if (isWorkingTime && random.chance(0.4)) calls.push(supportCall(at(0, 60), random));
    if (hour === 9) calls.push(metadataCall(at(1)), ...releaseCalls(at(3), weekday));
  }

  RARE_ACTORS.forEach((actor, index) => {
    start({
      place: WAREHOUSE,
      actor,
      timeMs: fromMs + (index + 1) * 9 * HOUR,
      statement: random.pickWeighted(DASHBOARD_STATEMENTS),
    });
  });
  calls.push(...housekeeping(nowMs, history, random));
  intrude(nowMs - 2 * DAY, start, random);
  start({
    place: WAREHOUSE,
    actor: BEN,
    timeMs: nowMs - 3 * HOUR,
    statement: HOSTILE_STATEMENT,
    clear: 'queryString',
  });

  return {
    calls: calls.filter(({ timeMs }) => timeMs >= fromMs && timeMs < nowMs),
    history,
  };
}

function startCall(query: Start, sql: string, id: string, random: Random): Call {
  const { statement, clear } = query;
  return {
    ...query.place,
    timeMs: query.timeMs,
    actor: query.actor,
    source: 'athena',
    eventName: 'StartQueryExecution',
    readOnly: false,
    requestParameters: {
      [clear ?? 'queryString']: clear ? sql : '***OMITTED***',
      clientRequestToken: random.uuid(),
      queryExecutionContext: { database: statement.database, catalog: 'AwsDataCatalog' },
      workGroup: statement.workgroup,
    },
    responseElements: { queryExecutionId: id },
    ...(query.error && { error: query.error }),
    ...(clear === 'query' && { extra: { eventVersion: '1.05' } }),
  };
}

/** Named queries, prepared statements, workgroups, notebooks: calls that run no SQL themselves. */
function housekeeping(nowMs: number, history: AthenaHistory, random: Random): Call[] {
  const call = (hoursAgo: number, actor: Actor, eventName: string, rest: Partial<Call>): Call => ({
    ...WAREHOUSE,
    timeMs: nowMs - hoursAgo * HOUR,
    actor,
    source: 'athena',
    eventName,
    readOnly: false,
    ...rest,
  });
  const namedQueryId = random.uuid();
  const body = 'SELECT order_id, status, total FROM shop.orders WHERE customer_id = ?';
  history.NamedQueries.push({
    NamedQueryId: namedQueryId,
    Name: 'returns by product',
    Database: 'shop',
    QueryString: "SELECT sku, count(*) FROM shop.orders WHERE status = 'returned' GROUP BY sku",
    WorkGroup: 'analysts',
  });
  history.PreparedStatements.push({
    StatementName: 'orders_of_customer',
    WorkGroupName: 'analysts',
    QueryStatement: body,
    LastModifiedTime: new Date(nowMs - 6 * DAY).toISOString(),
  });
  return [
    call(160, ROOT, 'CreateWorkGroup', {
      ...AUDIT,
      requestParameters: { name: 'audit', configuration: { enforceWorkGroupConfiguration: true } },
    }),
    call(143, ANA, 'CreateNamedQuery', {
      requestParameters: {
        name: 'returns by product',
        database: 'shop',
        queryString: '***OMITTED***',
        workGroup: 'analysts',
      },
      responseElements: { namedQueryId },
    }),
    call(142, ANA, 'CreatePreparedStatement', {
      requestParameters: {
        statementName: 'orders_of_customer',
        workGroup: 'analysts',
        queryStatement: '***OMITTED***',
      },
    }),
    call(97, DINA, 'UpdateWorkGroup', {
      requestParameters: {
        workGroup: 'analysts',
        configurationUpdates: { bytesScannedCutoffPerQuery: 1_000_000_000_000 },
      },
    }),
    call(74, SPARK, 'StartSession', {
      requestParameters: { workGroup: 'notebooks', engineConfiguration: { maxConcurrentDpus: 4 } },
      responseElements: { sessionId: 's-7f31', state: 'CREATING' },
    }),
    call(73.9, SPARK, 'StartCalculationExecution', {
      requestParameters: {
        sessionId: 's-7f31',
        codeBlock: 'HIDDEN_FOR_SECURITY_REASONS',
        description: 'cell 3',
      },
      responseElements: { calculationExecutionId: 'c-7f31-1', state: 'CREATING' },
    }),
    call(73, SPARK, 'TerminateSession', { requestParameters: { sessionId: 's-7f31' } }),
    call(51, CLARA, 'ListTableMetadata', {
      readOnly: true,
      requestParameters: { catalogName: 'AwsDataCatalog', databaseName: 'marketing' },
    }),
    call(50, CLARA, 'StopQueryExecution', {
      requestParameters: { queryExecutionId: random.uuid() },
    }),
    call(26, DINA, 'CreateDataCatalog', {
      requestParameters: {
        name: 'ledger',
        type: 'LAMBDA',
        parameters: { function: 'ledger-connector' },
      },
    }),
    call(20, ANA, 'UpdateNamedQuery', {
      requestParameters: { namedQueryId, name: 'returns by product', queryString: '***OMITTED***' },
    }),
    { ...call(44, DINA, 'GetTable', {}), ...unknownKeyspacesCall() },
  ];
}

/** An event name that no document lists: it must pass through all the same. */
function unknownKeyspacesCall(): Partial<Call> {
  return {
    account: SHOP,
    source: 'cassandra',
    eventName: 'GetTableAutoScalingSettings',
    readOnly: true,
    requestParameters: { keyspaceName: 'shop', tableName: 'carts' },
  };
}

/** Late in the evening, from an address never seen before: first refused, then not. */
function intrude(aboutMs: number, start: (query: Start) => void, random: Random): void {
  let timeMs = Math.floor(aboutMs / DAY) * DAY + 22 * HOUR + 41 * MINUTE;
  for (const workgroup of ['audit', 'etl', 'dashboards']) {
    timeMs += random.integer(10, 40) * 1_000;
    start({
      place: WAREHOUSE,
      actor: LEO,
      timeMs,
      statement: { ...INTRUDER_STATEMENTS[0], workgroup },
      error: DENIED,
    });
  }
  for (const statement of INTRUDER_STATEMENTS) {
    timeMs += random.integer(30, 240) * 1_000;
    start({ place: WAREHOUSE, actor: LEO, timeMs, statement });
  }
}
