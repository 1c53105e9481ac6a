/** Images as a file of numbers holds them: what is wanted of it, and what it gives. */
import type { RawImage } from './decode.ts';

export interface ArrayImage {
  image: RawImage;
  /** The label from the file, such as the first column of a CSV. */
  class: string | null;
}

/** What an array must hold for its images to be used as they are. */
export interface Wanted {
  height: number;
  width: number;
  channels: 1 | 3;
}
