import { createFolderObjects } from '../integrity/folder-objects';
import { createIntegrity } from '../integrity/integrity';
import type { PublicKeys } from '../integrity/public-keys';
import type { EventStore } from '../store/event-store';

export interface LocalIntegrity {
  /**
   * Verifies digests of the folder, one after the other, and answers how many are not as
   * CloudTrail signed them.
   */
  verify(digestKeys: readonly string[]): Promise<number>;
  stop(): void;
}

/** The verdicts of the digests in a folder. */
export function createLocalIntegrity(
  root: string,
  keys: PublicKeys,
  store: Pick<EventStore, 'setVerdict' | 'listReceipts'>,
): LocalIntegrity {
  const integrity = createIntegrity({ objects: createFolderObjects(root), keys, store });
  let stopped = false;
  return {
    async verify(digestKeys) {
      let bad = 0;
      for (const key of digestKeys) {
        if (stopped) break;
        const { digests } = await integrity.verifyDigest({ key });
        if (digests.some(({ verdict }) => verdict !== 'verified')) bad += 1;
      }
      return bad;
    },
    stop() {
      stopped = true;
    },
  };
}
