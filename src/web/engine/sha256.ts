/** SHA-256 in JavaScript. A page's `crypto.subtle` is asynchronous, takes all bytes at once, and is missing without HTTPS. */
import { sha256 as noble } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Hash } from '../../hash.ts';

/** Begins one. */
export function sha256(): Hash {
  const hash = noble.create();
  return { update: (bytes) => hash.update(bytes), digest: () => bytesToHex(hash.digest()) };
}
