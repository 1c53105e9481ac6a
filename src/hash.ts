/**
 * A hash of bytes that come piece by piece. Which code computes it is the platform's choice: native code is several times
 * as fast as JavaScript.
 */
export interface Hash {
  update(bytes: Uint8Array): unknown;
  digest(encoding: 'hex'): string;
}

/** Begins a SHA-256. */
export type Sha256 = () => Hash;
