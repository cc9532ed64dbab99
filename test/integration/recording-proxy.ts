import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordingProxy {
  readonly url: string;
  /** IAM actions of the calls that passed, each once: `dynamodb:PutItem`. */
  readonly actions: Set<string>;
  close(): Promise<void>;
}

/** IAM's name of a service by the beginning of its targets; S3 has none. */
const SERVICES: Readonly<Record<string, string>> = {
  DynamoDB: 'dynamodb',
  CloudTrail: 'cloudtrail',
  AmazonAthena: 'athena',
};

/** Passes requests on to a service of this machine and notes which actions they ask for. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const actions = new Set<string>();
  const server = createServer((incoming, answer) => {
    actions.add(actionOf(incoming));
    const { method, headers, url = '/' } = incoming;
    const outgoing = request(new URL(url, target), { method, headers }, (response) => {
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

function actionOf({ headers, url }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  if (target === undefined) return url?.includes('list-type=') ? 's3:ListBucket' : 's3:GetObject';
  // As in `DynamoDB_20120810.PutItem`, or with a package before it.
  const [service = '', operation] = String(target).split('.').slice(-2);
  const [name = ''] = service.split('_');
  return `${SERVICES[name] ?? name}:${operation}`;
}
