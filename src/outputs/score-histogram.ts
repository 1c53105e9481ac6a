/** A picture of the scores of a search for anomalies: against those of the held-out samples, with the threshold. */
import { levelOf, quantileOf, SCORE_KIND_AXES, type ScoreKind } from '../metrics/index.ts';
import { type ScoreGroup, scoreHistogram } from '../render/index.ts';

/** Groups of at most this many scores are drawn score by score: bars would suggest a shape that is not there. */
const FEW = 100;
/** Bars of a histogram: about two for the root of the smaller group's size. */
const binsFor = (samples: number): number => Math.min(60, Math.max(10, Math.ceil(2 * Math.sqrt(samples))));

export interface HistogramSettings {
  recipe: string;
  /** The data set of the model. */
  dataset: string;
  /** What was scored, in words. */
  subject: string;
  sample: 'image' | 'row';
  score: ScoreKind;
  threshold: number;
  /** The quantile of the held-out scores, if the threshold is one. */
  quantile: number | null;
  /** Null for a model without such scores. */
  held: { quantiles: readonly number[]; images: number; split: string } | null;
  /** [n] */
  scores: Float64Array;
  flagged: number;
}

/** As SVG. */
export function histogramOf(settings: HistogramSettings): string {
  const { held, scores: given, sample, score, threshold, quantile } = settings;
  const count = given.length;
  const bins = binsFor(Math.min(count, held?.images ?? count));
  // A few outliers would squeeze all others into one bar.
  const greatest = given.reduce((a, b) => Math.max(a, b), held?.quantiles.at(-1) ?? 0);
  const to = Math.min(greatest, 6 * threshold || greatest) * 1.02 || 1;
  const groups: ScoreGroup[] = [
    ...(held === null
      ? []
      : [
          {
            name: `held-out ${sample}s of ${settings.dataset}, ${held.split} split (${held.images.toLocaleString('en')})`,
            ...(held.images <= FEW
              ? {
                  scores: Array.from({ length: held.images }, (_, i) =>
                    quantileOf(held.quantiles, i / (held.images - 1 || 1)),
                  ),
                }
              : { shares: sharesOf(held.quantiles, bins, to) }),
          },
        ]),
    {
      name: `given ${sample}s (${count.toLocaleString('en')})`,
      ...(count <= FEW ? { scores: [...given] } : { shares: countedShares(given, bins, to) }),
    },
  ];
  const level = quantile === null ? '' : `, the ${Number(quantile.toPrecision(4))} quantile`;
  const drawn = groups.some((group) => 'scores' in group) ? `; each line is one ${sample}` : '';
  const beyond = greatest * 1.02 > to * 1.001 ? '; the right end includes all higher scores' : '';
  return scoreHistogram({
    title: `${settings.recipe}: anomaly scores`,
    subtitle: `${settings.subject}; ${settings.flagged.toLocaleString('en')} above the threshold${drawn}${beyond}`,
    xLabel: `score: ${SCORE_KIND_AXES[score]}`,
    samples: `${sample}s`,
    groups,
    from: 0,
    to,
    threshold: { name: `threshold ${Number(threshold.toPrecision(4))}${level}`, value: threshold },
  });
}

/** The share of a table of quantiles in each of some even bins; the last has all beyond. */
function sharesOf(quantiles: readonly number[], bins: number, to: number): number[] {
  return Array.from({ length: bins }, (_, bin) => {
    const below = bin === 0 ? 0 : levelOf(quantiles, (bin / bins) * to);
    const above = bin === bins - 1 ? 1 : levelOf(quantiles, ((bin + 1) / bins) * to);
    return above - below;
  });
}

/** The same, of scores as they are. */
function countedShares(scores: Float64Array, bins: number, to: number): number[] {
  const shares: number[] = Array(bins).fill(0);
  for (const score of scores)
    shares[Math.min(bins - 1, Math.floor((score / to) * bins))]! += 1 / scores.length;
  return shares;
}
