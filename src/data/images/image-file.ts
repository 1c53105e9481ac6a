/** Image files as a data set is made of them, wherever they lie, and how a platform reads them. */
import type { Conversion, WholePreprocessing } from './preprocessing.ts';

export interface ImageFile {
  /** The path as it is shown: the folder's own, then what lies below, with forward slashes. */
  readonly name: string;
}

export interface ConvertedImage {
  /** [channels, height, width]; floats in [0, 1] where the image came as floats and kept its size. */
  values: Uint8Array | Float32Array;
  conversion: Conversion;
}

/** Reads files. Its errors name the file. */
export interface ImageReader<F extends ImageFile> {
  /** Files that are read side by side. */
  readonly width: number;
  /** Size and colours, upright, from the file's header where that is possible. */
  inspect(file: F): Promise<{ height: number; width: number; isGrey: boolean }>;
  convert(file: F, to: WholePreprocessing): Promise<ConvertedImage>;
}
