/** Work that follows a hand: one piece at a time, and of all that wait only the newest. */
export class Newest<T> {
  private waiting: { given: T } | null = null;
  private working = false;
  private readonly work: (given: T) => Promise<void>;

  constructor(work: (given: T) => Promise<void>) {
    this.work = work;
  }

  ask(given: T): void {
    this.waiting = { given };
    if (!this.working) void this.run();
  }

  private async run(): Promise<void> {
    this.working = true;
    try {
      while (this.waiting !== null) {
        const { given } = this.waiting;
        this.waiting = null;
        await this.work(given);
      }
    } finally {
      this.working = false;
    }
  }
}
