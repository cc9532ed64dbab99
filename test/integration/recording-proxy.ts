import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordingProxy {
  readonly url: string;
  /** IAM actions of the calls that passed, each once: `dynamodb:PutItem`. */
  readonly actions: Set<string>;
  close(): Promise<void>;
}

/** Passes requests on to a DynamoDB of this machine and notes which actions they ask for. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const actions = new Set<string>();
  const server = createServer((incoming, answer) => {
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1);
    actions.add(`dynamodb:${operation}`);
    const { method, headers } = incoming;
    const outgoing = request(target, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    actions,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
