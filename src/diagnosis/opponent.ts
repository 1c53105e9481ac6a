/** A discriminator that wins against its encoder, or that never learned: then codes do not follow the prior. */
import { codeTraits } from '../models/index.ts';
import { digits, type Facts } from './facts.ts';
import type { Finding } from './finding.ts';

/** Below this share of the loss by chance it tells nearly every code from a draw of the prior. */
const WINS = 0.25;
/** A loss that was never below this share of the loss by chance: it has not learned to tell anything. */
const AT_CHANCE = 0.99;

export function opponent({ figures, recipe, epochs }: Facts): Finding | null {
  const { opponent: found = null, prior } = codeTraits(recipe.model.code);
  const loss = found === null ? undefined : figures.objective?.values[found.part];
  if (found === null || prior === null || loss === undefined || Number.isNaN(loss)) return null;
  const { part, settings, weight, chance } = found;
  const told = `${digits(loss)} nats, where ${digits(chance)} is chance`;
  if (loss < WINS * chance) {
    const rising = weight > 0 ? Number((10 * weight).toPrecision(2)) : 1;
    return {
      kind: 'discriminator-wins',
      level: 'weak',
      sentence: `The discriminator wins: it tells codes from draws of ${prior.name} (its loss is ${told}). Codes do not follow ${prior.name}, and samples of it will not look like the training images.`,
      cause: 'The reconstruction outweighs what the encoder loses to the discriminator.',
      remedy: `Try --set ${settings}.weight=${rising} or more units in the code, or draw with sample --prior mixture, which needs no prior.`,
    };
  }
  const course = epochs.map(({ validation }) => validation[part]).filter((value) => value !== undefined);
  if (course.length < 2 || ![...course, loss].every((value) => value >= AT_CHANCE * chance)) return null;
  return {
    kind: 'discriminator-idle',
    level: 'weak',
    sentence: `The discriminator has collapsed: in no epoch did it tell codes from draws of ${prior.name} (its loss is ${told}). It holds nothing to ${prior.name}.`,
    cause: 'It learned nothing, so the encoder had nothing to work against.',
    remedy: `Try --set ${settings}.width=512, a lower ${settings}.weight, or a lower learning rate.`,
  };
}
