import { parentPort, workerData } from 'node:worker_threads';
import { extractFile } from './extract-file';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages';

/** Lines that may wait for the reader of the output; then the worker pauses. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

const options: WorkerStart = workerData;
let waitingBytes = 0;
let resume = () => {};

parentPort?.on('message', async (message: ToWorker) => {
  if ('takenBytes' in message) {
    waitingBytes -= message.takenBytes;
    resume();
    return;
  }
  for (const file of message.files) {
    post({ outcome: await extractFile(file, options, writeLines) });
  }
});

async function writeLines(text: string): Promise<void> {
  if (text === '') return;
  const lines = new TextEncoder().encode(text);
  waitingBytes += lines.length;
  post({ lines }, [lines.buffer]);
  while (waitingBytes > MAX_WAITING_BYTES) {
    await new Promise<void>((resolve) => {
      resume = resolve;
    });
  }
}

function post(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
