import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AthenaClient } from '@aws-sdk/client-athena';

/** What the server answers to one call: a body, an error of the service, or a torn connection. */
export type ServerAnswer =
  | { readonly body: unknown }
  | { readonly error: string; readonly status?: number }
  | { readonly hangUp: true };

export interface AthenaServer extends AsyncDisposable {
  readonly endpoint: string;
  /** A real client without retries of its own. */
  readonly client: AthenaClient;
  readonly calls: { readonly operation: string; readonly input: Record<string, unknown> }[];
}

/** Speaks Athena's wire protocol (JSON 1.1) on loopback with answers of the test's own. */
export async function startAthenaServer(
  answer: (operation: string, input: Record<string, unknown>) => ServerAnswer,
): Promise<AthenaServer> {
  const calls: { operation: string; input: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request);
    const operation = String(request.headers['x-amz-target']).replace('AmazonAthena.', '');
    const input = JSON.parse(Buffer.concat(chunks).toString());
    calls.push({ operation, input });
    send(response, answer(operation, input));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new AthenaClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    endpoint,
    client,
    calls,
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, answer: ServerAnswer): void {
  if ('hangUp' in answer) {
    response.destroy();
    return;
  }
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  if ('error' in answer) {
    response.statusCode = answer.status ?? 400;
    response.end(JSON.stringify({ __type: answer.error, message: 'the test wants it so' }));
  } else {
    response.end(JSON.stringify(answer.body));
  }
}

/** An execution as the wire carries it: times in seconds since 1970. */
export function wireExecution(id: string, change: Record<string, unknown> = {}) {
  return {
    QueryExecutionId: id,
    Query: `SELECT * FROM orders -- ${id}`,
    StatementType: 'DML',
    SubstatementType: 'SELECT',
    QueryExecutionContext: { Database: 'shop', Catalog: 'awsdatacatalog' },
    WorkGroup: 'primary',
    EngineVersion: { EffectiveEngineVersion: 'Athena engine version 3' },
    ResultConfiguration: { OutputLocation: `s3://results/${id}.csv` },
    Status: {
      State: 'SUCCEEDED',
      SubmissionDateTime: 1_795_172_400.25,
      CompletionDateTime: 1_795_172_410.5,
    },
    Statistics: {
      DataScannedInBytes: 2 ** 40,
      EngineExecutionTimeInMillis: 9000,
      TotalExecutionTimeInMillis: 10_250,
      QueryQueueTimeInMillis: 200,
      QueryPlanningTimeInMillis: 300,
    },
    ...change,
  };
}
