import * as z from 'zod';
import { HourglassError } from '../../errors.ts';
import { jacobianNormEstimate, outputGradient, PROJECTIONS } from '../../nn/index.ts';
import { penaltyWeight } from '../settings.ts';
import type { PenaltyKind } from './kind.ts';

const schema = z.strictObject({
  weight: penaltyWeight,
  of: z
    .enum(['jacobian', 'energy'])
    .default('jacobian')
    .describe('jacobian: ‖∂x̂/∂h‖²_F, estimated by random projections; energy: ‖∂‖x̂‖²/∂h‖², exact'),
  projections: z.int().min(1).max(64).default(1).describe('random vectors of an estimate'),
  projection: z.enum(PROJECTIONS).default('rademacher').describe('±1, or standard normal'),
});

/** How far the image moves when the code does: the smooth decoder of a regularised autoencoder (Ghosh et al., 2020). */
export const decoderGradient = {
  type: 'decoderGradient',
  partName: "decoder's gradient",
  noun: "penalty on the decoder's gradient",
  schema,
  summary: '‖∂x̂/∂h‖²: how far the reconstruction moves when the code does (Ghosh et al., 2020)',
  couplesImages: false,
  isHeavy: true,
  isPerImage: true,
  shrinksCode: null,
  wantsSparse: false,
  costsReconstruction: true,
  lowersJacobian: false,
  part(net, { of, projections: count, projection }, { decoded, output }) {
    if (of === 'energy') {
      return {
        definition: '‖∂‖x̂‖²/∂h‖², summed over units of the code, mean over images',
        unit: '‖∂‖x̂‖²/∂h‖² per image',
        symbol: net.mean(outputGradient(output, decoded)),
      };
    }
    return {
      definition: `‖∂x̂/∂h‖²_F, summed over pixels and units, estimated by ${count} random projection${count === 1 ? '' : 's'}, mean over images`,
      unit: '‖∂x̂/∂h‖² per image',
      symbol: net.mean(jacobianNormEstimate(net, output, decoded, { count, projection })),
    };
  },
  check(_, { code, decoderCoupling }) {
    const refuse = (rule: string, got: string, hint: string) =>
      new HourglassError('usage', { subject: 'penalties.decoderGradient', rule, got, hint });
    if (code.symbols !== null) {
      throw refuse(
        'needs a code of any value: a quantised one has a few, between which the decoder is never used',
        `a code of type ${code.type}`,
        'set model.code.type=dense, or leave the penalty out',
      );
    }
    const { codesPerImage = 1 } = code;
    if (codesPerImage > 1) {
      throw refuse(
        'needs one code for each image',
        `${codesPerImage} of them`,
        'set the code to one sample an image, or leave the penalty out',
      );
    }
    if (decoderCoupling === undefined) return;
    throw refuse(
      'needs a decoder in which no image sees another',
      `${decoderCoupling} mixes the images of a batch`,
      `leave ${decoderCoupling} out of model.decoder`,
    );
  },
} as const satisfies PenaltyKind<z.infer<typeof schema>>;
