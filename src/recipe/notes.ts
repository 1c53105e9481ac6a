/** Settings that are allowed but usually a mistake: reported before a training, not forbidden. */
import { codeNotes, codeTraits, effectivePenalties, partName } from '../models/index.ts';
import type { Recipe } from './recipe.ts';

export function notesOn({ model, loss, penalties }: Recipe): string[] {
  const notes = codeNotes(model.code);
  if (loss.reduction === 'sum') return notes;
  const { rate } = codeTraits(model.code);
  const perImage = [
    ...(rate !== null && rate.weight > 0 ? [`the ${partName(rate.part)}`] : []),
    ...effectivePenalties(penalties).flatMap(({ kind }) => (kind.isPerImage ? [`the ${kind.noun}`] : [])),
  ];
  return [
    ...notes,
    ...perImage.map(
      (name) =>
        `${name} is a sum per image, but the reconstruction a mean over pixels: unless its weight is small, the code dies; loss.reduction=sum puts both on one scale`,
    ),
  ];
}
