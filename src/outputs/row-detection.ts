/** How well scores tell rows of other classes from normal ones, where a file has a label. */
import type { Safetensor } from '../codecs/safetensors.ts';
import { auroc, precisionOf } from '../metrics/index.ts';
import type { Saved } from './sink.ts';

/** The AUROC of single classes is listed for at most this many. */
const MOST_LISTED = 32;
/** Classes are counted in 16 bits; further ones count as one. */
const MOST_CLASSES = 2 ** 16 - 1;
const NO_LABEL = MOST_CLASSES;

/** How well scores find the rows that are not normal. */
export interface RowDetection {
  /** The class of normal rows. */
  normal: string;
  /** Rows of that class. */
  good: number;
  /** Rows of other classes. */
  others: number;
  /** The AUROC of the others against the normal rows. */
  auroc: number;
  /** Their average precision. */
  averagePrecision: number;
  /** The share of the others that is above the threshold. */
  found: number;
  /** The share of the normal rows that is above the threshold. */
  falseAlarms: number;
  /** The AUROC of each class against the normal rows. */
  classes: Record<string, number>;
}

/** The classes of rows, two bytes for each. */
export class RowClasses {
  private readonly places = new Map<string, number>();
  private of = new Uint16Array(1024);
  private count = 0;

  /** @param saved what an earlier one saved, to continue there. */
  constructor(saved: Saved | null = null) {
    if (saved === null) return;
    const rows = saved.tensors?.get('classes')?.data;
    if (!(rows instanceof Uint8Array)) throw new Error('the record of classes has none');
    this.of = new Uint16Array(Uint8Array.from(rows).buffer);
    this.count = this.of.length;
    for (const name of saved.values.classes as string[]) this.places.set(name, this.places.size);
  }

  save(): { values: Record<string, unknown>; tensors: Map<string, Safetensor> } {
    const data = new Uint8Array(this.of.buffer, 0, 2 * this.count);
    return {
      values: { classes: [...this.places.keys()] },
      tensors: new Map([['classes', { dtype: 'U8', shape: [data.length], data }]]),
    };
  }

  add(classes: readonly (string | null)[]): void {
    if (this.count + classes.length > this.of.length) {
      const more = new Uint16Array(2 * (this.count + classes.length));
      more.set(this.of.subarray(0, this.count));
      this.of = more;
    }
    for (const name of classes) this.of[this.count++] = name === null ? NO_LABEL : this.place(name);
  }

  private place(name: string): number {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    const place = Math.min(this.places.size, MOST_CLASSES - 1);
    if (place < MOST_CLASSES - 1) this.places.set(name, place);
    return place;
  }

  /** The classes that were found, with their numbers of rows, the most frequent first. */
  counts(): [name: string, rows: number][] {
    const counts = new Uint32Array(MOST_CLASSES + 1);
    for (let i = 0; i < this.count; i++) counts[this.of[i]!]!++;
    return [...this.places]
      .map(([name, place]): [string, number] => [name, counts[place]!])
      .sort((a, b) => b[1] - a[1]);
  }

  /** Null unless there are rows of the normal class and of others. Rows without a label do not count. */
  detection(scores: Float64Array, asked: string, threshold: number): RowDetection | null {
    const normal = this.spelling(asked);
    const own = this.places.get(normal) ?? -1;
    const labelled = this.rows((place) => place !== NO_LABEL);
    const good = labelled.filter((row) => this.of[row] === own).length;
    if (good === 0 || good === labelled.length) return null;
    const scoresOf = (rows: readonly number[]) => Float64Array.from(rows, (row) => scores[row]!);
    const isOther = (rows: readonly number[]) => Uint8Array.from(rows, (row) => Number(this.of[row] !== own));
    const [all, positive] = [scoresOf(labelled), isOther(labelled)];
    const others = labelled.length - good;
    let [found, alarms] = [0, 0];
    for (const [i, score] of all.entries()) {
      if (score > threshold && positive[i] === 1) found++;
      else if (score > threshold) alarms++;
    }
    const single = ([name]: [string, number]): [string, number] => {
      const place = this.places.get(name);
      const rows = this.rows((each) => each === place || each === own);
      return [name, auroc(scoresOf(rows), isOther(rows))];
    };
    const listed = this.counts().filter(([name, rows]) => name !== normal && rows > 0);
    return {
      ...{ normal, good, others },
      auroc: auroc(all, positive),
      averagePrecision: precisionOf(all, positive).averagePrecision,
      found: found / others,
      falseAlarms: alarms / good,
      classes: Object.fromEntries(listed.slice(0, MOST_LISTED).map(single)),
    };
  }

  /** The class as the file spells it: capitals count only where they make a difference. */
  private spelling(name: string): string {
    if (this.places.has(name)) return name;
    const lower = name.toLowerCase();
    return [...this.places.keys()].find((each) => each.toLowerCase() === lower) ?? name;
  }

  private rows(accepts: (place: number) => boolean): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.count; row++) if (accepts(this.of[row]!)) rows.push(row);
    return rows;
  }
}

/** One line for people. */
export function describeDetection({
  normal,
  good,
  others,
  auroc: area,
  averagePrecision,
  found,
  falseAlarms,
}: RowDetection): string {
  const n = (value: number) => value.toLocaleString('en');
  const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
  return `${n(others)} rows of other classes against ${n(good)} of '${normal}': AUROC ${area.toFixed(4)}, average precision ${averagePrecision.toFixed(4)}; above the threshold are ${percent(found)} of the others and ${percent(falseAlarms)} of '${normal}'`;
}
