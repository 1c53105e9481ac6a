/** Blocks of a file that are in use, with a bound on their bytes: the ones unused for the longest time go first. */

/** Bytes of all blocks together, except that the one that was asked for last always stays. */
const MOST_BYTES = 2 ** 26;

export class BlockCache<T extends { bytes: number }> {
  private readonly load: (block: number) => Promise<T>;
  /** In the order of their last use. */
  private readonly held = new Map<number, { loaded: Promise<T>; bytes: number }>();
  private total = 0;

  constructor(load: (block: number) => Promise<T>) {
    this.load = load;
  }

  /** A block, read where it is not here. One that could not be read is tried again the next time. */
  get(block: number): Promise<T> {
    const found = this.held.get(block);
    if (found !== undefined) {
      this.held.delete(block);
      this.held.set(block, found);
      return found.loaded;
    }
    const entry = { loaded: this.load(block), bytes: 0 };
    this.held.set(block, entry);
    entry.loaded.then(
      ({ bytes }) => {
        if (this.held.get(block) !== entry) return;
        entry.bytes = bytes;
        this.total += bytes;
        this.makeRoom(block);
      },
      () => this.held.delete(block),
    );
    return entry.loaded;
  }

  private makeRoom(kept: number): void {
    for (const [block, { bytes }] of this.held) {
      if (this.total <= MOST_BYTES) return;
      // A block that is still being read has no bytes yet.
      if (block === kept || bytes === 0) continue;
      this.held.delete(block);
      this.total -= bytes;
    }
  }
}
