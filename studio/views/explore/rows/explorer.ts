/** Rows of a table that are explored. */
import { computed, signal } from '@preact/signals';
import { anomaly, type PageModel } from 'hourglass/web';
import type { RowSet } from '../../../../src/studio/protocol.ts';
import { largestShares, sumByColumn } from '../../../../src/tables/decode.ts';
import { newestWins } from '../../../parts/newest.ts';
import { scoreKind } from '../../try/score-choice.tsx';
import type { Codes } from '../codes.ts';
import { Explorer, type Property } from '../explorer.ts';
import { propertyOf } from './property.ts';

/** A row as the model judges it. */
interface Judged {
  readonly index: number;
  readonly score: number;
  /** For each column its share of the score, 0 to 1. */
  readonly shares: Float64Array;
}

export class RowExplorer extends Explorer<RowSet> {
  readonly kind = 'row';
  override readonly properties: readonly string[];
  readonly judged = signal<Judged | null>(null);

  /** The columns by their positions: those that did most of the score of the row that was judged last come first. */
  readonly order = computed((): readonly number[] => {
    const shares = this.judged.value?.shares;
    const columns = [...this.properties.keys()];
    return shares === undefined ? columns : columns.sort((a, b) => shares[b]! - shares[a]! || a - b);
  });

  constructor(model: PageModel, set: RowSet, codes: Codes) {
    super(model, set, codes);
    this.properties = set.encoding.columns.map(({ name }) => name);
  }

  /** The mean squared error of a value, where the values are scaled as in training: so all columns count alike. */
  override errorOf(index: number, reconstruction: Float32Array): number {
    const { scale } = this.set.encoding;
    const own = this.sampleOf(index);
    return (
      own.reduce((sum, value, i) => sum + ((value - reconstruction[i]!) / scale[i]!) ** 2, 0) / this.width
    );
  }

  override nameOf(index: number): string {
    return this.set.names[index]!;
  }

  override indexOf(name: string): number | null {
    const index = this.set.names.indexOf(name.trim());
    return index >= 0 && index < this.codes.count ? index : null;
  }

  override titleOf(index: number): string {
    return `row ${this.nameOf(index)}`;
  }

  override property(at: number): Property {
    return propertyOf(this.set, at);
  }

  override isGrouped(at: number): boolean {
    return this.set.encoding.columns[at]!.type !== 'number';
  }

  /** Scores a row. While one is scored, of those asked for only the newest waits. */
  readonly judge = newestWins<number>(
    async (index) => {
      if (this.judged.peek()?.index === index) return;
      const { encoding } = this.set;
      const found = await anomaly(this.model, this.sampleOf(index), {
        score: scoreKind(this.model),
        threshold: 0,
      });
      const sums = sumByColumn(encoding, found.contributions!.data);
      const shares = new Float64Array(sums.length);
      for (const { column, share } of largestShares(sums, sums.length)) shares[column] = share;
      this.judged.value = { index, score: found.scores[0]!, shares };
    },
    (error) => {
      this.failure.value = error.message;
    },
  );
}
