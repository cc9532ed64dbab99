import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Seconds that a process took. */
export interface ProcessTime {
  readonly wall: number;
  readonly cpu: number;
}

/** Runs a shell command, on the named cores where the system can pin, its output thrown away. */
export function timeProcess(command: string, cores: string): ProcessTime {
  const pin = isThere('taskset') ? `taskset -c ${cores} ` : '';
  const script = `TIMEFORMAT='%R %U %S'; time ${pin}bash -c '${command} >/dev/null 2>/dev/null'`;
  const output = execFileSync('bash', ['-c', `{ ${script}; } 2>&1`]).toString();
  const [wall = 0, user = 0, system = 0] = output.trim().split(' ').map(Number);
  return { wall, cpu: user + system };
}

export function isThere(program: string): boolean {
  try {
    execFileSync('bash', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Installs what this folder's package.json names, the first time; false where that fails. */
export function installPeers(): boolean {
  if (existsSync(join(__dirname, 'node_modules'))) return true;
  try {
    const options = ['--prefix', __dirname, '--no-package-lock', '--no-audit', '--no-fund'];
    execFileSync('npm', ['install', ...options], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
