/** What is measured of the view Explore. Times are in milliseconds. */
export interface ExploreTimes {
  /** Points that were on the plane. */
  readonly points: number;
  /** The first drawing of them. */
  readonly firstDraw: number;
  /** Frames a second while zooming and panning over all of them. */
  readonly zooming: number;
  readonly panning: number;
  /** 95 % of the drawings take at most so long. */
  readonly drawing: number;
  /** Pictures in place of dots, and what 95 % of their drawings take at most. */
  readonly pictures: number;
  readonly drawingPictures: number;
  /** From the pointer's move to the decoded picture: half and 95 % of the moves take at most so long. */
  readonly decodingHalf: number;
  readonly decoding: number;
}
