/** Evaluation: pure functions over arrays. */
export { fitPca, type Pca, reconstructPca } from './pca.ts';
export {
  RECONSTRUCTION_DEFINITIONS,
  ReconstructionErrors,
  type ReconstructionMetrics,
} from './reconstruction.ts';
