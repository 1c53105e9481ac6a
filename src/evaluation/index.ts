/**
 * What a model is worth: held-out errors next to PCA's and the mean image's, likelihood, what codes keep of classes, anomaly
 * scores. Figures and their definitions; no pages and no pictures. It writes `statistics.json`, and figures measured on request
 * into `results.json`.
 */
export type { ScoreName } from './anomaly-scores.ts';
export type { DetectionByScore, DetectionEvaluation } from './detection.ts';
export type { CorruptedEvaluation, Evaluation, SimilarityEvaluation } from './evaluate.ts';
export { evaluateGeneration, type GenerationOptions } from './evaluate-generation.ts';
export { evaluateLikelihood, type LikelihoodOptions } from './evaluate-likelihood.ts';
export { type EvaluateOptions, evaluateRun } from './evaluate-run.ts';
export { fitSampler, type SamplerOptions } from './fit-samplers.ts';
export type { GenerationEvaluation } from './generation.ts';
export type { Binarisation, LikelihoodEvaluation } from './likelihood.ts';
export { measureStatistics } from './measure-statistics.ts';
export { keepMeasured, type MeasuredOnRequest } from './on-request.ts';
export { openForUse } from './open.ts';
export type { CodeProbe, LeftOutClass, ProbedSplit } from './probe.ts';
export { type ProbeOptions, probePixels, probeRun } from './probe-run.ts';
export type { OnProgress } from './progress.ts';
export type { WorstRows } from './worst-rows.ts';
