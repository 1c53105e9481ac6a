/** The scores of a stream of samples, and the samples with the highest ones. */
import type { Safetensor } from '../codecs/safetensors.ts';
import type { Saved } from './sink.ts';

type Floats = Float32Array | Float64Array;

const isFloats = (value: unknown): value is Floats =>
  value instanceof Float32Array || value instanceof Float64Array;

/** @typeParam Worst an object of numbers, texts and arrays of floats. */
export class ScoreKeeper<Worst extends { readonly score: number }> {
  /** Those with the highest scores, the highest first; of equals the earlier one. */
  readonly worst: Worst[] = [];
  count = 0;
  flagged = 0;
  private readonly most: number;
  /** Eight bytes per sample, the only memory that grows. */
  private held = new Float64Array(1024);

  /**
   * @param most so many of the highest are kept.
   * @param saved what an earlier one saved, to continue there.
   */
  constructor(most: number, saved: Saved | null = null) {
    this.most = most;
    if (saved !== null) this.restore(saved);
  }

  save(): { values: Record<string, unknown>; tensors: Map<string, Safetensor> } {
    const scores = this.scores;
    const tensors = new Map<string, Safetensor>([
      ['scores', { dtype: 'F64', shape: [scores.length], data: scores }],
    ]);
    const worst = this.worst.map((sample, i) => {
      const plain: [string, unknown][] = [];
      for (const [key, value] of Object.entries(sample) as [string, unknown][]) {
        if (!isFloats(value)) plain.push([key, value]);
        else {
          const dtype = value instanceof Float32Array ? 'F32' : 'F64';
          tensors.set(`worst.${i}.${key}`, { dtype, shape: [value.length], data: value });
        }
      }
      return Object.fromEntries(plain);
    });
    return { values: { flagged: this.flagged, worst }, tensors };
  }

  private restore({ values, tensors }: Saved): void {
    const scores = tensors?.get('scores')?.data;
    if (!(scores instanceof Float64Array)) throw new Error('the record of scores has none');
    this.held = Float64Array.from(scores);
    this.count = scores.length;
    this.flagged = values.flagged as number;
    for (const [i, plain] of (values.worst as Record<string, unknown>[]).entries()) {
      const sample = { ...plain };
      for (const [name, { data }] of tensors!) {
        if (name.startsWith(`worst.${i}.`)) sample[name.slice(`worst.${i}.`.length)] = data;
      }
      this.worst.push(sample as unknown as Worst);
    }
  }

  /** All scores, in the order in which they came. */
  get scores(): Float64Array {
    return this.held.subarray(0, this.count);
  }

  /** @param sampleOf what is kept of the sample, asked for only if its score is among the highest. */
  add(score: number, isFlagged: boolean, sampleOf: () => Worst): void {
    if (this.count === this.held.length) {
      const more = new Float64Array(2 * this.count + 1024);
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
