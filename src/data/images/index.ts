/** Images from outside: files of any size and colour, arrays, standard input → batches of what a model takes. */

export { convertFile } from './convert.ts';
export type { FolderSettings, LayoutChoice, Tiles } from './folder-settings.ts';
export { imageFormat, listed, PLAIN_FORMATS } from './formats.ts';
export {
  type ImageBatch,
  type ImageOptions,
  openImages,
  type ReadBatch,
  type ReadBefore,
  readImages,
} from './open.ts';
export { type OriginalPicture, originalPicture, placedOnOriginal } from './original.ts';
export {
  describeConversion,
  type Fit,
  type Preprocessing,
  type WholePreprocessing,
  wholePreprocessing,
} from './preprocessing.ts';
export type { SourceOptions } from './sources.ts';
