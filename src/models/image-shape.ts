/** Height, width and channels of the images a model is for. */
export interface ImageShape {
  height: number;
  width: number;
  channels: number;
}
