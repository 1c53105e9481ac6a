/** Display names for the parts of a loss. */
const NAMES: Readonly<Record<string, string>> = {
  loss: 'loss',
  reconstruction: 'reconstruction',
  klDivergence: 'KL divergence',
  contraction: 'contraction',
  l1: 'L1 of the code',
  sparsity: 'sparsity',
  l2: 'L2 of the weights',
};

export const partName = (name: string): string => NAMES[name] ?? name;
