import { type Json, objectOf, textOf } from '../cloudtrail/record';
import type { AuditEvent } from './audit-event';
import { type Field, readPath, type Where } from './catalogue';

/** What a call did and to what: the part of an event that its service defines. */
export type EventContents = Pick<
  AuditEvent,
  | 'class'
  | 'operation'
  | 'access'
  | 'statement'
  | 'flags'
  | 'classifier'
  | 'tables'
  | 'columns'
  | 'catalog'
  | 'database'
  | 'workgroup'
  | 'queryExecutionId'
  | 'references'
  | 'resources'
  | 'shortened'
>;

/** What CloudTrail writes in place of a statement or of Spark code. */
const MASKS: ReadonlySet<string> = new Set([
  '***OMITTED***',
  'HIDDEN_FOR_SECURITY_REASONS',
  'HIDDEN_DUE_TO_SECURITY_REASONS',
]);

/**
 * A call that AWS refused can carry anything as a name. Longer ones than AWS allows anywhere are
 * not taken into the event (they would not fit a key); the original record has them.
 */
const MAX_NAME_LENGTH = 512;
const MAX_ADDRESS_LENGTH = 2048;

export function isMasked(text: string): boolean {
  return MASKS.has(text);
}

/** Reads the fields of one record, at the places where its event name has them. */
export function fieldReader(record: Json, where: Where): (field: Field) => string | undefined {
  return (field) => {
    const text = readPath(record, where[field]);
    if (text === undefined || field === 'statement') return text;
    const isAddress = field === 'resourceArn' || field === 'outputLocation';
    return text.length <= (isAddress ? MAX_ADDRESS_LENGTH : MAX_NAME_LENGTH) ? text : undefined;
  };
}

/** The record's own resources, and the one that a parameter names. */
export function resourcesOf(
  record: Json,
  parameterArn: string | undefined,
): AuditEvent['resources'] {
  const resources: AuditEvent['resources'] = [];
  const listed = Array.isArray(record.resources) ? record.resources : [];
  for (const element of listed) {
    const { type, ARN, arn } = objectOf(element);
    const resource = { type: textOf(type), arn: textOf(ARN) ?? textOf(arn) };
    if (resource.arn !== undefined)
      resources.push(resource.type === undefined ? { arn: resource.arn } : resource);
  }
  const isListed = resources.some(({ arn }) => arn === parameterArn);
  return parameterArn === undefined || isListed ? resources : [...resources, { arn: parameterArn }];
}
