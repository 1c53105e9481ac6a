/** What codes can be drawn from, in words. */
import type { PageModel, SampleSource } from 'hourglass/web';
import type { SamplerName } from '../../../../src/studio/protocol.ts';

/** Units of codes that a covariance is fitted to, at most. */
const WIDEST = 256;

export function sourceWords(name: SampleSource, { info }: Pick<PageModel, 'info'>): string {
  const words: Readonly<Record<SampleSource, string>> = {
    prior: `its prior, ${info.prior?.name ?? ''}`,
    codes: 'a Gaussian of the training codes',
    normal: 'N(0, I), which its codes do not follow',
    mixture: 'the mixture of Gaussians',
    flow: 'the flow',
    'second-stage': 'the second stage',
    autoregressive: 'the autoregressive prior',
  };
  return words[name];
}

/** As a button has it. */
export const FITTED_WORDS: Readonly<Record<SamplerName, string>> = {
  mixture: 'a mixture of Gaussians',
  flow: 'a flow',
  'second-stage': 'a second stage',
  autoregressive: 'an autoregressive prior',
};

/** What can be fitted to the codes of a model after its training. */
export function fittedLater({
  info,
  quantised,
}: Pick<PageModel, 'quantised'> & {
  info: Pick<PageModel['info'], 'codeUnits' | 'givesVariance'>;
}): SamplerName[] {
  if (quantised !== undefined) return ['autoregressive'];
  if (info.codeUnits > WIDEST) return [];
  return [
    'mixture',
    ...(info.givesVariance && info.codeUnits > 1 ? (['flow'] as const) : []),
    'second-stage',
  ];
}
