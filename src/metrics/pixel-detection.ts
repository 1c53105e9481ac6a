/**
 * How well maps of anomaly scores find defective pixels, over all thresholds. Maps are added one by one. The
 * scores of the first four million pixels are kept, and the figures are exact; of more pixels there are counts, in bins of
 * 1/16,384 of a score, so memory is bounded whatever the number of maps.
 */
import { HourglassError } from '../errors.ts';
import { componentsOf } from './components.ts';

export const PIXEL_DEFINITIONS = {
  pixelAuroc:
    'area under the ROC curve over all pixels of all test images: how likely a defective pixel has a higher score than a ' +
    'good one, equal scores as half; 1 is perfect, 0.5 is chance',
  pixelAveragePrecision:
    'average precision over all pixels of all test images: Σ (Rₙ − Rₙ₋₁) Pₙ over thresholds, R the share of the ' +
    'defective pixels that is found, P the share of what is found that is defective; chance is the share of defective pixels',
  aupro:
    'area under the per-region overlap (Bergmann et al., 2021): the share of a defect that is found, mean over defects ' +
    '(connected pixels, also at corners), over the false-positive rate of all good pixels from 0 to 0.3, divided by 0.3',
  aupimo:
    'area under the per-image overlap (Bertoldo et al., 2024): the share of an image’s defective pixels that is found, over ' +
    'the logarithm of the false-positive rate in good images from 1e-5 to 1e-4, mean over defective images',
} as const;

/** The largest false-positive rate of AUPRO. */
export const PRO_LIMIT = 0.3;
/** The false-positive rates of AUPIMO. */
export const PIMO_RANGE = [1e-5, 1e-4] as const;

/** How well maps find defective pixels. */
export interface PixelFigures {
  /** The area under the ROC curve of pixels. */
  pixelAuroc: number;
  /** Their average precision. */
  pixelAveragePrecision: number;
  /** The area under the per-region overlap up to a false-positive rate of 0.3, from 0 to 1. */
  aupro: number;
  /** The area under the per-image overlap; null if the good images have too few pixels to tell a rate of 1e-5. */
  aupimo: number | null;
  /** Connected groups of defective pixels. */
  regions: number;
}

/** A float32 from 0 on has 31 bits: 8 of the exponent and 23. In bins the lowest 9 do not count. */
const DROPPED = 9;
const BINS = 2 ** (31 - DROPPED);
/** Up to this many pixels scores are kept as they are, and the figures are exact. */
const KEPT = 2 ** 22;

/** The bits of scores, in the order of the scores; scores below 0 count as 0. */
function bitsOf(map: Float32Array): Uint32Array {
  const bits = new Uint32Array(map.buffer, map.byteOffset, map.length);
  return bits.map((value) => (value >= 2 ** 31 ? 0 : value));
}

/** Pixels of one score: good ones, those of them in good images, defective ones, and the shares of their regions. */
interface Level {
  bits: number;
  good: number;
  inGoodImages: number;
  defective: number;
  overlap: number;
}

/** Counts of pixels for each score; in bins once there are many. */
class Levels {
  private kept: { bits: Uint32Array; kinds: Uint8Array; sizes: Uint32Array; count: number } | null = {
    bits: new Uint32Array(1024),
    kinds: new Uint8Array(1024),
    sizes: new Uint32Array(1024),
    count: 0,
  };
  private bins: Record<Exclude<keyof Level, 'bits'>, Float64Array> | null = null;
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** @param region the pixels of its region; 0 for a good pixel. */
  add(bits: number, isGoodImage: boolean, region: number): void {
    if (this.kept?.count === this.most) this.fold();
    const { kept } = this;
    if (kept === null) {
      this.count(bits, isGoodImage, region);
      return;
    }
    if (kept.count === kept.bits.length) {
      const longer = <A extends Uint32Array | Uint8Array>(from: A, into: A): A => {
        into.set(from);
        return into;
      };
      const length = 4 * kept.count;
      kept.bits = longer(kept.bits, new Uint32Array(length));
      kept.kinds = longer(kept.kinds, new Uint8Array(length));
      kept.sizes = longer(kept.sizes, new Uint32Array(length));
    }
    kept.bits[kept.count] = bits;
    kept.kinds[kept.count] = Number(isGoodImage);
    kept.sizes[kept.count++] = region;
  }

  /** From the highest score to the lowest, those that occur. */
  *falling(): Generator<Level, void, undefined> {
    const { kept, bins } = this;
    if (kept === null) {
      const { good, inGoodImages, defective, overlap } = bins!;
      for (let bin = BINS - 1; bin >= 0; bin--) {
        if (good[bin] === 0 && defective[bin] === 0) continue;
        const bits = bin << DROPPED;
        yield {
          bits,
          good: good[bin]!,
          inGoodImages: inGoodImages[bin]!,
          defective: defective[bin]!,
          overlap: overlap[bin]!,
        };
      }
      return;
    }
    // 31 bits of the score and 22 of the place are a whole number that a double holds.
    const order = Float64Array.from({ length: kept.count }, (_, i) => kept.bits[i]! * KEPT + i).sort();
    let level: Level | undefined;
    for (let i = order.length - 1; i >= 0; i--) {
      const bits = Math.floor(order[i]! / KEPT);
      const at = order[i]! - bits * KEPT;
      if (level?.bits !== bits) {
        if (level !== undefined) yield level;
        level = { bits, good: 0, inGoodImages: 0, defective: 0, overlap: 0 };
      }
      const region = kept.sizes[at]!;
      level.inGoodImages += kept.kinds[at]!;
      if (region === 0) level.good++;
      else {
        level.defective++;
        level.overlap += 1 / region;
      }
    }
    if (level !== undefined) yield level;
  }

  private fold(): void {
    const { bits, kinds, sizes, count } = this.kept!;
    this.kept = null;
    const zeros = () => new Float64Array(BINS);
    this.bins = { good: zeros(), inGoodImages: zeros(), defective: zeros(), overlap: zeros() };
    for (let i = 0; i < count; i++) this.count(bits[i]!, kinds[i] === 1, sizes[i]!);
  }

  private count(bits: number, isGoodImage: boolean, region: number): void {
    const { good, inGoodImages, defective, overlap } = this.bins!;
    const bin = bits >>> DROPPED;
    if (isGoodImage) inGoodImages[bin]!++;
    if (region === 0) good[bin]!++;
    else {
      defective[bin]!++;
      overlap[bin]! += 1 / region;
    }
  }
}

/** Maps are Float32Arrays [height, width] of scores, 0 or more, all of one size; good images are added before defective ones. */
export class PixelDetection {
  private readonly height: number;
  private readonly width: number;
  private readonly levels: Levels;
  private regions = 0;
  private goodPixels = 0;
  private readonly perImage: number[] = [];
  private rates: Rates | null | undefined;

  /** @param most the pixels whose scores are kept; for tests. */
  constructor(height: number, width: number, most = KEPT) {
    this.levels = new Levels(most);
    this.height = height;
    this.width = width;
  }

  /** An image without a defect. */
  addGood(map: Float32Array): void {
    if (this.rates !== undefined) throw new RangeError('good images are added before defective ones');
    this.goodPixels += map.length;
    for (const bits of bitsOf(map)) this.levels.add(bits, true, 0);
  }

  /** An image with a mask, [height, width], of defective pixels; one without any counts as good pixels only. */
  addDefective(map: Float32Array, mask: Uint8Array): void {
    if (this.rates === undefined) this.rates = ratesOf(this.levels, this.goodPixels);
    const { labels, sizes } = componentsOf(mask, this.height, this.width);
    const found: number[] = [];
    for (const [i, bits] of bitsOf(map).entries()) {
      const label = labels[i]!;
      this.levels.add(bits, false, label === 0 ? 0 : sizes[label - 1]!);
      if (label !== 0) found.push(bits);
    }
    this.regions += sizes.length;
    if (found.length > 0 && this.rates !== null)
      this.perImage.push(overlapOf(Uint32Array.from(found).sort(), this.rates));
  }

  /** @throws HourglassError (data) without good and defective pixels. */
  result(): PixelFigures {
    let [negatives, positives] = [0, 0];
    for (const { good, defective } of this.levels.falling()) {
      negatives += good;
      positives += defective;
    }
    if (negatives === 0 || positives === 0) {
      throw new HourglassError('data', {
        subject: 'pixel AUROC',
        rule: 'needs good and defective pixels',
        got: `${negatives} good and ${positives} defective`,
      });
    }
    let [fp, tp, pro, area, precision, overlap] = [0, 0, 0, 0, 0, 0];
    for (const level of this.levels.falling()) {
      const before = { rate: fp / negatives, pro: pro / this.regions };
      area += level.good * (tp + level.defective / 2);
      fp += level.good;
      tp += level.defective;
      pro += level.overlap;
      precision += (level.defective / positives) * (tp / (tp + fp));
      overlap += areaUpTo(PRO_LIMIT, before, { rate: fp / negatives, pro: pro / this.regions });
    }
    const { perImage } = this;
    return {
      pixelAuroc: area / negatives / positives,
      pixelAveragePrecision: precision,
      aupro: overlap / PRO_LIMIT,
      aupimo: perImage.length === 0 ? null : perImage.reduce((a, b) => a + b) / perImage.length,
      regions: this.regions,
    };
  }
}

interface Point {
  rate: number;
  pro: number;
}

/** The trapezoid between two points of a curve, as far as its rate is below a limit. */
function areaUpTo(limit: number, from: Point, to: Point): number {
  if (from.rate >= limit || to.rate === from.rate) return 0;
  const end = Math.min(limit, to.rate);
  const share = (end - from.rate) / (to.rate - from.rate);
  const last = from.pro + share * (to.pro - from.pro);
  return ((end - from.rate) * (from.pro + last)) / 2;
}

/** The scores at which the false-positive rate in good images goes through {@link PIMO_RANGE}: falling, and log rates. */
interface Rates {
  bits: number[];
  logs: number[];
}

/** Null if good images have too few pixels for the least rate. */
function ratesOf(levels: Levels, total: number): Rates | null {
  const [least, greatest] = PIMO_RANGE;
  const rates: Rates = { bits: [], logs: [] };
  let above = 0;
  for (const { bits, inGoodImages } of levels.falling()) {
    above += inGoodImages;
    rates.bits.push(bits);
    rates.logs.push(Math.log(above / total));
    if (above / total >= greatest) break;
  }
  return rates.logs.length > 0 && rates.logs[0]! <= Math.log(least) ? rates : null;
}

/** ∫ TPR d log FPR over the range, divided by its length. `found`: the scores of an image's defective pixels, rising. */
function overlapOf(found: Uint32Array, { bits, logs }: Rates): number {
  const [low, high] = PIMO_RANGE.map(Math.log) as [number, number];
  let [at, area] = [found.length, 0];
  let before: { log: number; share: number } | undefined;
  for (const [i, least] of bits.entries()) {
    while (at > 0 && found[at - 1]! >= least) at--;
    const point = { log: logs[i]!, share: (found.length - at) / found.length };
    if (before !== undefined) {
      const [from, to] = [Math.max(low, before.log), Math.min(high, point.log)];
      if (to > from) {
        const slope = (point.share - before.share) / (point.log - before.log);
        const [start, { log, share }] = [from, before];
        area += ((to - from) * (2 * share + slope * (start - log + to - log))) / 2;
      }
    }
    before = point;
  }
  return area / (high - low);
}
