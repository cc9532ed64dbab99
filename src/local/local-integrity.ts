import { createFolderObjects } from '../integrity/folder-objects';
import { createIntegrity, type IntegrityDependencies } from '../integrity/integrity';
import type { PublicKeys } from '../integrity/public-keys';

/** Digests by what was found. */
export interface VerifiedDigests {
  readonly good: number;
  /** Not as CloudTrail signed them. */
  readonly bad: number;
}

export interface LocalIntegrity {
  /** Verifies digests of the folder, one after the other. */
  verify(digestKeys: readonly string[]): Promise<VerifiedDigests>;
  stop(): void;
}

/** The verdicts of the digests in a folder. */
export function createLocalIntegrity(
  root: string,
  keys: PublicKeys,
  store: IntegrityDependencies['store'],
): LocalIntegrity {
  const integrity = createIntegrity({ objects: createFolderObjects(root), keys, store });
  let stopped = false;
  return {
    async verify(digestKeys) {
      const count = { good: 0, bad: 0 };
      for (const key of digestKeys) {
        if (stopped) break;
        const { digests } = await integrity.verifyDigest({ key });
        count[digests.every(({ verdict }) => verdict === 'verified') ? 'good' : 'bad'] += 1;
      }
      return count;
    },
    stop() {
      stopped = true;
    },
  };
}
