/** Height, width and channels of the images a model is for. */
export interface ImageShape {
  /** Pixels. */
  height: number;
  /** Pixels. */
  width: number;
  /** 1: grey; 3: red, green, blue. */
  channels: number;
}
