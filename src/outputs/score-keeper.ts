/** The scores of a stream of samples, and the samples with the highest ones. */
export class ScoreKeeper<Worst extends { readonly score: number }> {
  /** Those with the highest scores, the highest first; of equals the earlier one. */
  readonly worst: Worst[] = [];
  count = 0;
  flagged = 0;
  private readonly most: number;
  /** Eight bytes per sample, the only memory that grows. */
  private held = new Float64Array(1024);

  /** @param most so many of the highest are kept. */
  constructor(most: number) {
    this.most = most;
  }

  /** All scores, in the order in which they came. */
  get scores(): Float64Array {
    return this.held.subarray(0, this.count);
  }

  /** @param sampleOf what is kept of the sample, asked for only if its score is among the highest. */
  add(score: number, isFlagged: boolean, sampleOf: () => Worst): void {
    if (this.count === this.held.length) {
      const more = new Float64Array(2 * this.count);
      more.set(this.held);
      this.held = more;
    }
    this.held[this.count++] = score;
    if (isFlagged) this.flagged++;
    const { worst, most } = this;
    if (most === 0 || (worst.length === most && !(score > worst.at(-1)!.score))) return;
    let at = worst.length;
    while (at > 0 && worst[at - 1]!.score < score) at--;
    worst.splice(at, 0, sampleOf());
    if (worst.length > most) worst.pop();
  }

  /** As a command says it: "12 of 1,000 above the threshold". */
  get words(): string {
    return `${this.flagged.toLocaleString('en')} of ${this.count.toLocaleString('en')} above the threshold`;
  }
}
