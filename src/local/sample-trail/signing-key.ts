import { checkPrimeSync, createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { Random } from './random';

export interface SigningKey {
  /** Public half as CloudTrail's ListPublicKeys gives it: base64 of DER PKCS#1. */
  readonly publicKey: string;
  /** Lower-case hex MD5 of the DER bytes, CloudTrail's fingerprint. */
  readonly fingerprint: string;
  /** SHA256withRSA over the UTF-8 bytes, as hex. */
  sign(text: string): string;
}

const EXPONENT = 65537n;

/**
 * Makes an RSA-2048 key from the sample's own seed, so that equal seeds give equal digests. Anybody
 * can make the same key: it proves nothing but that verification works.
 */
export function createSigningKey(random: Random): SigningKey {
  const p = prime(random);
  const q = prime(random);
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'RSA',
      n: base64url(p * q),
      e: base64url(EXPONENT),
      d: base64url(d),
      p: base64url(p),
      q: base64url(q),
      dp: base64url(d % (p - 1n)),
      dq: base64url(d % (q - 1n)),
      qi: base64url(inverse(q, p)),
    },
  });
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'pkcs1' });
  return {
    publicKey: der.toString('base64'),
    fingerprint: createHash('md5').update(der).digest('hex'),
    sign: (text) => sign('RSA-SHA256', Buffer.from(text), privateKey).toString('hex'),
  };
}

/** A 1,024-bit prime with its two highest bits set, so that the product has 2,048 bits. */
function prime(random: Random): bigint {
  let candidate = BigInt(`0x${random.hex(256)}`) | (3n << 1022n) | 1n;
  while (candidate % EXPONENT === 1n || !checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

/** The extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, value % modulus];
  let [previousFactor, factor] = [0n, 1n];
  while (current > 0n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [previousFactor, factor] = [factor, previousFactor - quotient * factor];
  }
  return ((previousFactor % modulus) + modulus) % modulus;
}

function base64url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
}
