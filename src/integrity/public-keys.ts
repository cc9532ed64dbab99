import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { ConfigError } from '../errors';

/** Finds the key that CloudTrail says it signed a digest with. */
export interface PublicKeys {
  /**
   * @param at - when the digest was made; CloudTrail changes its keys about monthly.
   * @returns nothing when CloudTrail had no such key in that Region then.
   * @throws UpstreamError when the keys cannot be had.
   */
  find(region: string, fingerprint: string, at: Date): Promise<KeyObject | undefined>;
}

const keyListSchema = z.object({
  PublicKeyList: z.array(z.object({ Value: z.base64(), Fingerprint: z.string() })),
});

/**
 * Reads saved public keys: the JSON answer of CloudTrail's ListPublicKeys, the lists of several
 * Regions in one.
 *
 * @throws ConfigError `config.public-keys` when the file is missing or is no such list.
 */
export async function readPublicKeys(path: string): Promise<PublicKeys> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new ConfigError('config.public-keys', `cannot read public keys from ${path}`, { cause });
  }
  const parsed = keyListSchema.safeParse(document);
  if (!parsed.success) {
    throw new ConfigError(
      'config.public-keys',
      `${path} is no answer of ListPublicKeys: {"PublicKeyList": [{"Fingerprint": text, "Value": base64}]}`,
    );
  }
  const keys = new Map<string, KeyObject>();
  for (const { Fingerprint, Value } of parsed.data.PublicKeyList) {
    const key = parsePublicKey(Buffer.from(Value, 'base64'));
    if (key === undefined) {
      throw new ConfigError(
        'config.public-keys',
        `${path}: the key ${Fingerprint} is neither PKCS#1 nor SubjectPublicKeyInfo`,
      );
    }
    keys.set(Fingerprint, key);
  }
  return { find: async (_region, fingerprint) => keys.get(fingerprint) };
}

/** CloudTrail hands out both encodings, PKCS#1 more often than X.509 SubjectPublicKeyInfo. */
export function parsePublicKey(der: Uint8Array): KeyObject | undefined {
  for (const type of ['pkcs1', 'spki'] as const) {
    try {
      const key = createPublicKey({ key: Buffer.from(der), format: 'der', type });
      return key.asymmetricKeyType === 'rsa' ? key : undefined;
    } catch {
      // Not this encoding.
    }
  }
  return undefined;
}
