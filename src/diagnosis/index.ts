/**
 * What an evaluation says in words: a verdict, and each problem with its cause and what to change.
 * Functions from figures to text, independent of files, terminal and page.
 */

import { inWordsFor, type SampleKind } from '../samples/index.ts';
import { codeStatistics } from './code.ts';
import { type Facts, samplesOf } from './facts.ts';
import type { Diagnosis } from './finding.ts';
import { findings } from './findings.ts';
import { verdictOn } from './verdict.ts';

export { CodeSums, LEAST_ACTIVITY } from './code.ts';
export { type CodeStatistics, codeStatisticsSchema } from './code-statistics.ts';
export type { Facts, Figures } from './facts.ts';
export {
  type FigureSides,
  figuresOf,
  type MeasuredValues,
  type ShownFigure,
  type Side,
  type Sides,
} from './figures.ts';
export { type Diagnosis, diagnosisSchema, type Finding, findingText, uselessness } from './finding.ts';

export function diagnose(facts: Facts): Diagnosis {
  const kind = samplesOf(facts.figures);
  const say = (text: string) => inWordsFor(kind, text, [facts.figures.dataset]);
  const found = findings(facts).map((finding) => ({
    ...finding,
    sentence: say(finding.sentence),
    cause: say(finding.cause),
    remedy: say(finding.remedy),
  }));
  const useless = found.find(({ level }) => level === 'useless');
  return { verdict: useless?.sentence ?? say(verdictOn(facts)), findings: found };
}

/** What the codes' moments alone say about a model without an evaluation; null if nothing is wrong. */
export function diagnosisOfCodes(
  { mean, std, images }: { mean: readonly number[]; std: readonly number[]; images: number },
  hasVariance: boolean,
  samples: SampleKind = 'image',
): Diagnosis | null {
  const moments = { mean: Float64Array.from(mean), std: Float64Array.from(std), count: images };
  const code = codeStatistics(moments, { shape: [mean.length], hasVariance });
  if (code === null || code.varying > 0) return null;
  const alike = 'varies between images: every image is reconstructed as the same picture';
  const sentence = `None of its ${code.count.toLocaleString('en')} code units ${inWordsFor(samples, alike)}.`;
  const cause = hasVariance
    ? 'The KL divergence outweighs the reconstruction (posterior collapse).'
    : 'The units stopped learning in training.';
  const remedy = hasVariance
    ? 'Train again with a lower model.code.kl.weight.'
    : 'Train again with a lower training.optimiser.learningRate.';
  const kind = hasVariance ? 'posterior-collapse' : 'dead-code';
  return { verdict: sentence, findings: [{ kind, level: 'useless', sentence, cause, remedy }] };
}
