import { gzipSync } from 'node:zlib';
import type { ObjectEndpoint } from '../fixtures/object-endpoint';

export const BUCKET = 'audit-logs';

export interface TrailShape {
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  readonly days?: readonly string[];
  readonly filesPerDay?: number;
  /** Before `AWSLogs/`. */
  readonly prefix?: string;
  readonly organizationId?: string;
  readonly records?: readonly unknown[];
}

/** Puts log files into a bucket. @returns their keys. */
export function fillBucket(objects: ObjectEndpoint['objects'], shape: TrailShape = {}): string[] {
  const { accounts = ['111122223333', '444455556666'], regions = ['eu-west-1', 'us-east-1'] } =
    shape;
  const { days = ['2026-03-01', '2026-03-02', '2026-04-01'], filesPerDay = 3 } = shape;
  const { prefix = '', organizationId, records = [] } = shape;
  const body = gzipSync(JSON.stringify({ Records: records }));
  const organization = organizationId === undefined ? '' : `${organizationId}/`;
  const keys: string[] = [];
  for (const account of accounts) {
    for (const region of regions) {
      for (const day of days) {
        for (let file = 0; file < filesPerDay; file++) {
          const folder = `${prefix}AWSLogs/${organization}${account}/CloudTrail/${region}/${day.replaceAll('-', '/')}`;
          const time = `${day.replaceAll('-', '')}T${String(10 + file).padStart(2, '0')}05Z`;
          keys.push(`${folder}/${account}_CloudTrail_${region}_${time}_0123456789abcdef.json.gz`);
        }
      }
    }
  }
  for (const key of keys) objects.set(`${BUCKET}/${key}`, { body });
  return keys;
}
