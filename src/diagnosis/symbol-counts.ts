/** How evenly a quantised code uses its values: how many occur, and the perplexity of their frequencies. */
import type { Symbols } from '../models/index.ts';

export interface SymbolUse {
  /** The share of all values that occur. */
  used: number;
  /** exp of the entropy of their frequencies: as many values, used evenly, would tell as much. */
  perplexity: number;
}

/** Counts the values of quantised codes [n, units]; a position's value is a vector of `width` numbers. */
export class SymbolCounts {
  private readonly tables: Map<string | number, number>[];
  private readonly width: number;
  private readonly shape: readonly number[];
  private readonly count: number;
  private readonly each: Symbols['each'];
  private readonly stages: number;

  /** @param shape of one code: [units], or [channels, height, width]. */
  constructor([numbers, ...places]: readonly number[], { each, count, width = 1, stages = 1 }: Symbols) {
    const shape = [numbers! / stages, ...places];
    this.shape = shape;
    this.stages = stages;
    this.count = count;
    this.each = each;
    this.width = width;
    // Each unit has values of its own; all positions share one table of vectors, or one for each stage.
    this.tables = Array.from({ length: each === 'unit' ? shape[0]! : stages }, () => new Map());
  }

  add(codes: Float32Array): void {
    const places = this.shape.slice(1).reduce((a, b) => a * b, 1);
    const units = this.shape[0]! * places;
    for (let start = 0, row = 0; start < codes.length; start += units, row++) {
      const stage = row % this.stages;
      if (this.each === 'unit') {
        for (let i = 0; i < units; i++) this.see(Math.floor(i / places), codes[start + i]!);
      } else {
        for (let at = 0; at < units / this.width; at++) this.see(stage, this.vector(codes, start, at));
      }
    }
  }

  /** Of units, the means over them; of several stages, the means over these. */
  result(): SymbolUse {
    const { tables, count } = this;
    const uses = tables.map((table) => {
      const total = [...table.values()].reduce((a, b) => a + b, 0);
      const entropy = [...table.values()].reduce((sum, n) => sum - (n / total) * Math.log(n / total), 0);
      return { used: table.size / count, perplexity: Math.exp(entropy) };
    });
    const mean = (of: (use: SymbolUse) => number) =>
      uses.reduce((sum, use) => sum + of(use), 0) / uses.length;
    return { used: mean(({ used }) => used), perplexity: mean(({ perplexity }) => perplexity) };
  }

  private see(table: number, value: string | number): void {
    const counts = this.tables[table]!;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }

  /** Vector number `at` of a code: of maps, `width` channels at one place. */
  private vector(codes: Float32Array, start: number, at: number): string {
    const { width, shape } = this;
    const places = shape.slice(1).reduce((a, b) => a * b, 1);
    const first = start + Math.floor(at / places) * width * places + (at % places);
    return Array.from({ length: width }, (_, i) => codes[first + i * places]!).join();
  }
}
