/**
 * Work that may run side by side, and work that must run alone. libvips keeps the text of errors in one buffer for all
 * its threads: that a file failed is certain, but the message may be another file's.
 */
export class Gate {
  private active = 0;
  private waiting: (() => void)[] = [];
  /** The end of the line of those that run alone. */
  private last: Promise<void> = Promise.resolve();
  private alone = 0;

  async shared<T>(work: () => Promise<T>): Promise<T> {
    while (this.alone > 0) await this.last;
    this.active++;
    try {
      return await work();
    } finally {
      this.active--;
      if (this.active === 0) for (const go of this.waiting.splice(0)) go();
    }
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    this.alone++;
    const before = this.last;
    const done = before.then(async () => {
      if (this.active > 0) await new Promise<void>((go) => this.waiting.push(go));
      return work();
    });
    this.last = done.then(
      () => void this.alone--,
      () => void this.alone--,
    );
    return done;
  }
}
