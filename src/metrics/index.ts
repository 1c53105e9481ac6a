/** Evaluation: pure functions over arrays. */
export { fitPca, type Pca, pcaScores, reconstructPca } from './pca.ts';
export { type LabelledFeatures, linearProbe, type ProbeResult, type ProbeSettings } from './probe.ts';
export {
  RECONSTRUCTION_DEFINITIONS,
  ReconstructionErrors,
  type ReconstructionMetrics,
} from './reconstruction.ts';
export { TOTAL_VARIATION_DEFINITION, TotalVariation } from './smoothness.ts';
