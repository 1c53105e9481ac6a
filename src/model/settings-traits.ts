/** What a model's recipe says of its use, from the recipe itself: files of an older hourglass have nothing else. */
import * as z from 'zod/mini';
import {
  CODES,
  type ConditionConfig,
  type CorruptionConfig,
  codeSchema,
  codeTraits,
  conditionSchema,
  corruptionSchema,
} from '../models/index.ts';
import { conditionOf } from './classes.ts';
import { configurationIn, type ModelTraits, type TraitsReader } from './traits.ts';

const NO_CORRUPTION: CorruptionConfig = { type: 'none' };

const outputsOf = ({ outputs }: (typeof CODES.all)[number]) =>
  Object.entries(outputs).map(([name, { perUnit }]) => ({ name, perUnit }));

/** The settings of a recipe that are read here. */
interface Settings {
  model: { code: Parameters<typeof codeTraits>[0]; condition?: ConditionConfig | undefined };
  corruption: CorruptionConfig;
}

/** What the settings of a recipe say, all of which are known. */
export function traitsOf({ model, corruption }: Settings): ModelTraits {
  const { prior, hasVariance, symbols } = codeTraits(model.code);
  const outputs = outputsOf(CODES.of(model.code.type));
  return { prior, hasVariance, symbols, outputs, condition: conditionOf(model.condition), corruption };
}

/** Reads the recipe in a file's metadata. Where it cannot be read, nothing is known of the code but what any can have. */
export const readSettings: TraitsReader = (metadata) => {
  const configuration = configurationIn(metadata);
  const { data } = z
    .object({
      model: z.object({ code: codeSchema() }),
      corruption: z._default(corruptionSchema(), NO_CORRUPTION),
    })
    .safeParse(configuration);
  const condition = z.object({ model: z.object({ condition: conditionSchema }) }).safeParse(configuration)
    .data?.model.condition;
  if (data !== undefined) {
    return traitsOf({ model: { code: data.model.code, condition }, corruption: data.corruption });
  }
  return {
    ...{ prior: null, hasVariance: false, symbols: null, corruption: NO_CORRUPTION },
    outputs: CODES.all.flatMap(outputsOf),
    condition: conditionOf(condition),
    isUnknown: true,
  };
};
