/** Tied weights: each dense layer of the decoder has the transposed weight of its mirror in the encoder. */
import { HourglassError } from '../errors.ts';
import { codeTraits } from './codes/index.ts';
import type { AutoencoderConfig } from './definition.ts';
import { LAYERS, type Layer } from './layers/index.ts';

type Dense = Extract<Layer, { type: 'dense' }>;

/** The paths of the encoder's dense layers, as the decoder's and then its output mirror them. */
export function mirroredPaths(config: AutoencoderConfig): string[] {
  check(config);
  const { length } = denseOf(config.encoder);
  const hidden = Array.from({ length }, (_, i) => `encoder.dense${i + 1}`);
  return ['encoder.code', ...hidden.reverse()];
}

const denseOf = (layers: readonly Layer[]): Dense[] => layers.filter((layer) => layer.type === 'dense');

function check({ encoder, code, decoder, output }: AutoencoderConfig): void {
  const refuse = (rule: string, got: string, hint: string) =>
    new HourglassError('usage', { subject: 'model.tied', rule, got, hint });
  const other = [...encoder, ...decoder].find(({ type }) => LAYERS.of(type).isSpatial);
  const { isDense } = codeTraits(code);
  if (other !== undefined || !isDense || output.type !== 'dense') {
    const got = other?.type ?? (isDense ? 'an output of type conv' : `a code of type ${code.type}`);
    throw refuse('is for dense layers, code and output alone', got, 'set model.tied=false');
  }
  const widths = (layers: readonly Layer[]) => denseOf(layers).map(({ units }) => units);
  const mirror = widths(encoder).reverse();
  if (widths(decoder).join() !== mirror.join()) {
    throw refuse(
      `needs a decoder that mirrors the encoder: dense layers of ${mirror.join(', ') || 'none'}`,
      widths(decoder).join(', ') || 'none',
      "change model.decoder's units, or set model.tied=false",
    );
  }
}
