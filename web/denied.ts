import type { AuditEvent } from '../src/event/audit-event';

const DENIED = /denied|unauthorized|not.?authorized/i;

/** Whether the call was refused for want of permission; services spell it in several ways. */
export function isDenied({ error }: AuditEvent): boolean {
  return error !== undefined && DENIED.test(`${error.code} ${error.message ?? ''}`);
}
