/** The sample's organization. Account numbers are those that AWS's own documentation uses. */
export const ORGANIZATION = 'o-sample1234';
export const BUCKET = 'sample-audit-logs';
export const TRAIL = 'organization-trail';
export const HOME_REGION = 'eu-west-1';

/** Audit and the organization's management. */
export const SECURITY = '111122223333';
/** The web shop: Keyspaces. */
export const SHOP = '444455556666';
/** Reports, dashboards, analysts: Athena. */
export const ANALYTICS = '777788889999';

export type Region = 'eu-west-1' | 'us-east-1';

export interface Place {
  readonly account: string;
  readonly region: Region;
}

export interface DeliveryPlace extends Place {
  /** Minutes from one log file to the next. */
  readonly everyMinutes: number;
  /** Minute of the hour at which this place's digests end. */
  readonly digestMinute: number;
}

export const PLACES: readonly DeliveryPlace[] = [
  { account: ANALYTICS, region: 'eu-west-1', everyMinutes: 40, digestMinute: 12 },
  { account: ANALYTICS, region: 'us-east-1', everyMinutes: 60, digestMinute: 31 },
  { account: SHOP, region: 'eu-west-1', everyMinutes: 40, digestMinute: 44 },
  { account: SHOP, region: 'us-east-1', everyMinutes: 60, digestMinute: 8 },
  { account: SECURITY, region: 'eu-west-1', everyMinutes: 60, digestMinute: 27 },
  { account: SECURITY, region: 'us-east-1', everyMinutes: 60, digestMinute: 53 },
];
