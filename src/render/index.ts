/**
 * Typed arrays in, pictures out: SVG for files, text for the terminal. It knows no platform, no disk, no runs and no models;
 * `raster` makes PNGs of SVGs. The one heavy library, echarts, is loaded on first use.
 */
export { type BarItem, type BarsOptions, bars } from './bars.ts';
export { type CurvePanel, type CurvePanelsOptions, curvePanels } from './curve-panels.ts';
export type { CurvePlot, CurveSeries } from './curve-plot.ts';
export { type CurvesOptions, lossCurves } from './curves.ts';
export { type FiltersOptions, filters } from './filters.ts';
export { FONT_FAMILY } from './fonts.ts';
export { type HistogramsOptions, histograms } from './histograms.ts';
export {
  type GridAxis,
  type ImageGridOptions,
  type ImageGridsOptions,
  imageGrid,
  imageGrids,
} from './image-grids.ts';
export { heatOverlay, maskPixels, OPACITY, type OverlayOptions } from './overlays.ts';
export type { PictureRow } from './picture-rows.ts';
export { channelMeans, type ImageKind, type ImageRow, type ImageSize, pictured } from './pixels.ts';
export { type ScatterOptions, type ScatterPanel, scatter } from './scatter.ts';
export { type Scatter3dOptions, scatter3d } from './scatter3d.ts';
export { type ScoreGroup, type ScoreHistogramOptions, scoreHistogram } from './score-histogram.ts';
export { type ImageRowsOptions, imageRows } from './strips.ts';
export { type TerminalImagesOptions, terminalImages } from './terminal.ts';
export { escapeXml } from './text.ts';
export { thumbnailSize, thumbnails } from './thumbnails.ts';
