/**
 * What is shown of runs, as text and arrays: pictures, report, summary, comparisons, and what TensorBoard is shown. It knows no
 * disk and no terminal, and decides nothing about files: `session` does. It draws much, so it is loaded when it is used.
 */
export { type RowAnomalyPage, rowAnomalyPage } from './anomalies/page.ts';
export {
  type ComparedRun,
  type Comparison,
  compareFacts,
  distinctNames,
  type RunFacts,
} from './comparison/compare.ts';
export type { Difference } from './comparison/differences.ts';
export { type ComparedFigure, higherIsBetter } from './comparison/figures.ts';
export { comparisonPage } from './comparison/page.ts';
export { type ComparedRun as PicturedRun, comparisonPictures } from './pictures/compare.ts';
export { epochPage } from './pictures/epochs.ts';
export { drawPictures } from './pictures/index.ts';
export { firstBytes, kindOf, type Picture, type PictureInput } from './pictures/input.ts';
export { type ProbeAccuracy, probePicture } from './pictures/probes.ts';
export { inOrder } from './report/captions.ts';
export { type PageImage, reportPage } from './report/report.ts';
export { studyPage } from './study/page.ts';
export { summaryPage } from './summary.ts';
