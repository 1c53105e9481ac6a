/** Evaluation: pure functions over arrays. */

export {
  anomalyScores,
  IMAGE_SCORE_KINDS,
  type ImageMaps,
  isLargestOfMap,
  type MapScoreKind,
  mapsOfImages,
  requireScoreKind,
  SCORE_KIND_AXES,
  SCORE_KIND_DEFINITIONS,
  SCORE_KINDS,
  type ScoreKind,
  scoreDefinition,
  scoreKindsFor,
} from './anomaly-score.ts';
export { type ClustersResult, clusterByKMeans } from './clusters.ts';
export { type ColumnErrors, ColumnSums } from './columns.ts';
export { type BestF1, precisionOf } from './detection.ts';
export {
  type FalseAlarms,
  falseAlarmsOf,
  levelForFalseAlarms,
  levelOfQuantile,
  quantileOfLevel,
} from './false-alarms.ts';
export type { Features, LabelledFeatures } from './features.ts';
export * from './figures/index.ts';
export type { MapShape } from './filters.ts';
export { frechetDistance } from './frechet.ts';
export { importanceBound } from './likelihood.ts';
export {
  COVERAGE_NEIGHBOURS,
  type FeatureRows,
  manifoldFigures,
  PRECISION_NEIGHBOURS,
} from './manifolds.ts';
export { type FittedMixture, fitMixture, fitMixtureByBic } from './mixture.ts';
export { MomentSums, type Moments } from './moments.ts';
export { classifyByNeighbours, type NeighboursResult, nearestDistances } from './neighbours.ts';
export {
  comparablePca,
  type FittedPca,
  fitPca,
  type Pca,
  pcaImages,
  pcaReconstructor,
  pcaScores,
  reconstructPca,
} from './pca.ts';
export { PixelDetection, type PixelFigures } from './pixel-detection.ts';
export { linearProbe, type ProbeResult, type ProbeSettings } from './probe.ts';
export { countAbove, levelOf, quantileOf, quantileTable } from './quantiles.ts';
export { imageErrors, ReconstructionErrors } from './reconstruction.ts';
export { type ResidualDistance, type ResidualMoments, residualDistance } from './residual-distance.ts';
export { AUROC_DEFINITION, auroc } from './roc.ts';
export { type RowScores, rowScores } from './row-scores.ts';
export { TOTAL_VARIATION_DEFINITION } from './smoothness.ts';
export type { SimilarityMetrics } from './structure.ts';
