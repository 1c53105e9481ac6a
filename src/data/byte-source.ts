/** Bytes one after the other, wherever they come from. */
export interface ByteSource {
  /** The name of the file, for errors. */
  readonly name: string;
  /** The next bytes, up to `most`, left where they are; fewer only at the end. */
  peek(most: number): Promise<Uint8Array>;
  /** Exactly `count` bytes; null at the end of the file, if `orEnd` allows it. */
  read(count: number, orEnd?: boolean): Promise<Uint8Array | null>;
  /** Whatever comes next, null at the end. */
  some(): Promise<Uint8Array | null>;
  /** All that is left. @throws HourglassError (data) for more than `most` bytes. */
  rest(most: number): Promise<Uint8Array>;
}
