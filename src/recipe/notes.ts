/** Settings that are allowed but usually a mistake: reported before a training, not forbidden. */
import type { Recipe } from './recipe.ts';

export function notesOn({ model, loss, penalties }: Recipe): string[] {
  if (loss.reduction === 'sum') return [];
  const perImage = [
    model.code.type === 'gaussian' && model.code.kl.weight > 0 ? 'the KL divergence' : null,
    (penalties.contraction?.weight ?? 0) > 0 ? 'the contraction penalty' : null,
    (penalties.l1?.weight ?? 0) > 0 ? 'the L1 penalty' : null,
    (penalties.sparsity?.weight ?? 0) > 0 ? 'the sparsity penalty' : null,
  ].filter((name) => name !== null);
  return perImage.map(
    (name) =>
      `${name} is a sum per image, but the reconstruction a mean over pixels: unless its weight is small, the code dies; loss.reduction=sum puts both on one scale`,
  );
}
