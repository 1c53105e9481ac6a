/** What of a recipe is for images alone: refused for rows before anything is compiled. */
import { HourglassError } from '../errors.ts';
import { LAYERS } from '../models/index.ts';
import type { SampleSpec } from '../samples/index.ts';
import type { Recipe } from './recipe.ts';

/** Activations with limits, and what these are. */
const LIMITED: Readonly<Record<string, string>> = {
  sigmoid: 'from 0 to 1',
  tanh: 'from −1 to 1',
  relu: 'not below 0',
  softplus: 'not below 0',
};

/**
 * Rows have columns of different meaning and, as a rule, values without limits. What the loss and the corruption ask for is
 * checked where they are compiled.
 * @throws HourglassError (usage) for a layer that is for maps, and an output that cannot give the values.
 */
export function requireForRows({ name, model }: Recipe, range: SampleSpec['range']): void {
  const refuse = (subject: string, rule: string, got: string, hint: string) =>
    new HourglassError('usage', { subject, rule, got, hint });
  const other = "use the recipe 'table'";
  for (const side of ['encoder', 'decoder'] as const) {
    const place = model[side].findIndex(({ type }) => LAYERS.of(type).isSpatial);
    if (place < 0) continue;
    throw refuse(
      `model.${side}.${place}`,
      `is for images: the columns of a row have no places next to each other (recipe ${name})`,
      model[side][place]!.type,
      other,
    );
  }
  const { output } = model;
  if (output.type === 'conv') {
    throw refuse('model.output.type', 'is for images, and these samples are rows', 'conv', 'use dense');
  }
  const limits = LIMITED[output.activation];
  if (range !== null || limits === undefined) return;
  throw refuse(
    'model.output.activation',
    `gives values ${limits}, and the scaled columns of rows have no limits`,
    output.activation,
    `set model.output.activation=identity and loss.type=mse, or ${other}`,
  );
}
