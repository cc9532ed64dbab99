import { readFileSync } from 'node:fs';

/**
 * Bytes of this process's memory at its largest. `maxRSS` of Linux is no less than what the process
 * that started this one had, which says nothing about this one.
 */
export function peakBytes(): number {
  try {
    const [, kilobytes] =
      /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // No Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
