import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SigningKey } from '../integrity/digest-factory';

export interface KeyEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** As much of CloudTrail as the functions ask: ListPublicKeys, which answers one key. */
export async function startKeyEndpoint({ der, fingerprint }: SigningKey): Promise<KeyEndpoint> {
  const PublicKeyList = [{ Value: der.toString('base64'), Fingerprint: fingerprint }];
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ PublicKeyList }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
