import { parentPort, workerData } from 'node:worker_threads';
import { GroupReader } from './read-group';
import type { ToWorker } from './worker-messages';

const reader = new GroupReader(workerData, (result) => {
  parentPort?.postMessage(result, 'lines' in result ? [result.lines.buffer] : []);
});

parentPort?.on('message', async (message: ToWorker) => {
  if ('files' in message) await reader.read(message.files);
  else reader.taken(message.takenBytes);
});
