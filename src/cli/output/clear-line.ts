import type { Output } from '../io';

/** Takes away what a command has last said of its progress; nothing in a pipe or a file. */
export async function clearLine(output: Output): Promise<void> {
  if (output.isTerminal) await output.write('\r\u001b[K');
}
