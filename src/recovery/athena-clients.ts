import { setTimeout as sleep } from 'node:timers/promises';
import { AthenaClient } from '@aws-sdk/client-athena';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { createAthenaApi } from './athena-api';
import type { AthenaHistory } from './athena-history';
import { createRateLimiter } from './rate-limiter';

export interface AthenaClientsOptions {
  /** The account of the caller's own credentials. */
  readonly ownAccountId: string;
  /** Role to assume in every other account; absent: they are not asked. */
  readonly roleName?: string;
  /** In each account and Region; Athena's own limit of 10 is shared with the account's users. */
  readonly callsPerSecond: number;
  readonly createClient?: (config: ConstructorParameters<typeof AthenaClient>[0]) => AthenaClient;
}

const SESSION_NAME = 'querytrail-recovery';

/** Partitions by the beginning of their Regions' names; all others are in `aws`. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-iso-', 'aws-iso'],
  ['eusc-', 'aws-eusc'],
];

/** One Athena client for each account and Region, each with a rate of its own. */
export function createAthenaClients(
  options: AthenaClientsOptions,
): (accountId: string, region: string) => AthenaHistory | undefined {
  const { ownAccountId, roleName, callsPerSecond } = options;
  const { createClient = (config = {}) => new AthenaClient(config) } = options;
  const histories = new Map<string, AthenaHistory>();

  return (accountId, region) => {
    if (accountId !== ownAccountId && roleName === undefined) return undefined;
    const place = `${accountId} ${region}`;
    const history = histories.get(place) ?? open(accountId, region);
    histories.set(place, history);
    return history;
  };

  function open(accountId: string, region: string): AthenaHistory {
    const credentials =
      accountId === ownAccountId
        ? undefined
        : fromTemporaryCredentials({
            params: {
              RoleArn: `arn:${partitionOf(region)}:iam::${accountId}:role/${roleName}`,
              RoleSessionName: SESSION_NAME,
            },
            clientConfig: { region },
          });
    return createAthenaApi({
      // Its own retries would not wait for their turn.
      client: createClient({ region, credentials, maxAttempts: 1 }),
      takeTurn: createRateLimiter({ callsPerSecond, clock: Date.now, sleep }),
      sleep,
      random: Math.random,
    });
  }
}

export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}
