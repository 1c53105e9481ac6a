import * as z from 'zod';
import { HourglassError } from '../../errors.ts';
import { jacobianNorm, jacobianNormEstimate, PROJECTIONS } from '../../nn/index.ts';
import { penaltyWeight } from '../settings.ts';
import type { PenaltyKind } from './kind.ts';

const schema = z.strictObject({
  weight: penaltyWeight,
  method: z
    .enum(['auto', 'exact', 'estimate'])
    .default('auto')
    .describe('exact: a pass back for each unit of the code; auto: that up to 128 units'),
  projections: z.int().min(1).max(64).default(1).describe('random vectors of an estimate'),
  projection: z.enum(PROJECTIONS).default('rademacher').describe('±1, or standard normal'),
});

type Settings = z.infer<typeof schema>;

/** `auto` means the exact penalty up to this many units of a code. */
const AFFORDABLE_UNITS = 128;
/** Beyond this many units an exact penalty's graph takes minutes to compile. */
const MOST_EXACT = 256;

/** ‖∂h/∂x‖²_F: a contractive autoencoder (Rifai et al., 2011). */
export const contraction = {
  type: 'contraction',
  partName: 'contraction',
  noun: 'contraction penalty',
  schema,
  summary: '‖∂h/∂x‖²_F: how far the code moves when the image does (Rifai et al., 2011)',
  couplesImages: false,
  isHeavy: true,
  isPerImage: true,
  shrinksCode: 3,
  wantsSparse: false,
  costsReconstruction: true,
  lowersJacobian: true,
  part(net, { method, projections: count, projection }, { image, code }) {
    const units = code.shape[1] as number;
    requirePayable(method, units);
    const exact = method === 'exact' || (method === 'auto' && units <= AFFORDABLE_UNITS);
    const estimated = exact ? '' : `, estimated by ${count} random projection${count === 1 ? '' : 's'}`;
    const norms = exact
      ? jacobianNorm(net, code, image)
      : jacobianNormEstimate(net, code, image, { count, projection });
    return {
      definition: `‖∂h/∂x‖²_F, summed over units and pixels${estimated}, mean over images`,
      unit: '‖J‖² per image',
      symbol: net.mean(norms),
    };
  },
  check(_, { code, coupling }) {
    if (code.symbols !== null) {
      throw new HourglassError('usage', {
        subject: 'penalties.contraction',
        rule: 'needs a code that moves with the image: a quantised one moves in steps, which have no derivative',
        got: `a code of type ${code.type}`,
        hint: 'set model.code.type=dense, or leave the penalty out',
      });
    }
    if (coupling === undefined) return;
    throw new HourglassError('usage', {
      subject: 'penalties.contraction',
      rule: `needs an encoder in which no image sees another: ${coupling} mixes the images of a batch`,
      hint: `leave ${coupling} out of model.encoder`,
    });
  },
} as const satisfies PenaltyKind<Settings>;

function requirePayable(method: Settings['method'], units: number): void {
  if (method !== 'exact' || units <= MOST_EXACT) return;
  throw new HourglassError('usage', {
    subject: 'penalties.contraction.method',
    rule: `'exact' is for codes of at most ${MOST_EXACT} units`,
    got: units,
    hint: 'set penalties.contraction.method=estimate',
  });
}
