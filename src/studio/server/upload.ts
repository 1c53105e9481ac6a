/** A file that the page sends. */
export interface Upload {
  /** The name of the file. */
  readonly name: string;
  /** The folders that it lay in, with `/` between them; empty if there are none. */
  readonly folder: string;
  readonly bytes: Uint8Array;
}
