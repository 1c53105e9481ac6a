/**
 * Typed arrays in, pictures out: SVG and PNG for files, text for the terminal. Independent of the disk (except for the
 * font), of runs and of models. Heavy libraries (echarts, resvg) are loaded on first use.
 */
export { type BarItem, type BarsOptions, bars } from './bars.ts';
export { type CurvePanel, type CurvePanelsOptions, curvePanels } from './curve-panels.ts';
export type { CurvePlot, CurveSeries } from './curve-plot.ts';
export { type CurvesOptions, lossCurves } from './curves.ts';
export { type FiltersOptions, filters } from './filters.ts';
export { type HistogramsOptions, histograms } from './histograms.ts';
export {
  type GridAxis,
  type ImageGridOptions,
  type ImageGridsOptions,
  imageGrid,
  imageGrids,
} from './image-grids.ts';
export { fontNotes, wordsOf } from './missing-glyphs.ts';
export { overlayPixels } from './overlays.ts';
export type { PictureRow } from './picture-rows.ts';
export { channelMeans, type ImageKind, type ImageRow, type ImageSize, pictured } from './pixels.ts';
export { type ScatterOptions, type ScatterPanel, scatter } from './scatter.ts';
export { type Scatter3dOptions, scatter3d } from './scatter3d.ts';
export { type ScoreGroup, type ScoreHistogramOptions, scoreHistogram } from './score-histogram.ts';
export { type ImageRowsOptions, imageRows } from './strips.ts';
export { svgToPng } from './svg.ts';
export { type TerminalImagesOptions, terminalImages } from './terminal.ts';
export { thumbnailSize, thumbnails } from './thumbnails.ts';
