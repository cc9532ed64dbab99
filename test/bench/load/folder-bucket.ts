/** Serves the files of a folder as S3 does, in a process of its own: whose processor time is not ours. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** @param waitMs - from a request to its answer. */
function main(folder: string, waitMs: number): void {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [, _bucket, ...key] = decodeURIComponent(pathname).split('/');
    const [body] = await Promise.all([readFile(join(folder, ...key)), wait(waitMs)]);
    response.writeHead(200, { 'content-length': body.length });
    response.end(body);
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  });
  // Ends with whoever started it.
  process.stdin.resume().on('end', () => process.exit());
}

main(process.argv[2] ?? '', Number(process.argv[3]));
