import type { KeyObject } from 'node:crypto';
import { type CloudTrailClient, ListPublicKeysCommand } from '@aws-sdk/client-cloudtrail';
import { UpstreamError } from '../errors';
import { type PublicKeys, parsePublicKey } from './public-keys';

const HOUR_MS = 3_600_000;

/**
 * Public keys from CloudTrail itself. Every Region has its own, so each is asked at its own
 * endpoint, once per key that is not known yet.
 */
export function createCloudTrailPublicKeys(
  clientFor: (region: string) => Pick<CloudTrailClient, 'send'>,
): PublicKeys {
  const regions = new Map<string, { keys: Map<string, KeyObject>; asking: Promise<void> }>();

  return {
    async find(region, fingerprint, at) {
      const known = regions.get(region) ?? { keys: new Map(), asking: Promise.resolve() };
      regions.set(region, known);
      if (!known.keys.has(fingerprint)) {
        // One question at a time: the answer to the first serves all digests that wait.
        known.asking = known.asking
          .catch(() => {})
          .then(async () => {
            if (known.keys.has(fingerprint)) return;
            await addKeys(clientFor(region), region, at, known.keys);
          });
        await known.asking;
      }
      return known.keys.get(fingerprint);
    },
  };
}

/** Keys valid around the digest's end: a digest may be signed up to two hours after it. */
async function addKeys(
  client: Pick<CloudTrailClient, 'send'>,
  region: string,
  at: Date,
  keys: Map<string, KeyObject>,
): Promise<void> {
  const StartTime = new Date(at.getTime() - HOUR_MS);
  const EndTime = new Date(at.getTime() + 2 * HOUR_MS);
  let NextToken: string | undefined;
  try {
    do {
      const page = await client.send(new ListPublicKeysCommand({ StartTime, EndTime, NextToken }));
      for (const { Fingerprint, Value } of page.PublicKeyList ?? []) {
        const key = Value === undefined ? undefined : parsePublicKey(Value);
        if (Fingerprint !== undefined && key !== undefined) keys.set(Fingerprint, key);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : 'Unknown';
    throw new UpstreamError(
      `cloudtrail.${name}`,
      `cannot get CloudTrail's public keys of ${region} (${name})`,
      { cause },
    );
  }
}
