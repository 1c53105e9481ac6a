/**
 * What is done to a sample before the encoder sees it; the loss is against the clean image. One file each, and one line
 * in the table below; build.ts has their graphs.
 */
import * as z from 'zod/mini';
import { derived, Table } from '../tables.ts';
import { defects } from './defects.ts';
import { gaussianNoise } from './gaussian.ts';
import type { AnyCorruption, CorruptionFacts } from './kind.ts';
import { masking } from './masking.ts';
import { multiscaleGaussian } from './multiscale-gaussian.ts';
import { none } from './none.ts';
import { saltAndPepper } from './salt-and-pepper.ts';

const BUILT_IN = [none, gaussianNoise, multiscaleGaussian, masking, saltAndPepper, defects] as const;

export const CORRUPTIONS = new Table<CorruptionFacts, typeof BUILT_IN>('corruption', BUILT_IN);

export const corruptionSchema = derived(() =>
  z
    .discriminatedUnion('type', CORRUPTIONS.map('schema'))
    .check(z.describe('fresh for each batch in training, fixed for validation and test')),
);

/** The settings under `corruption` in a recipe: Gaussian noise of one scale or of many, pixels set to 0, pixels set to 0 or 1, or nothing. */
export type CorruptionConfig =
  | {
      /** Nothing is done. */
      type: 'none';
    }
  | {
      /** Normal noise is added to each pixel, and the sum clipped to [0, 1]. */
      type: 'gaussian';
      /** Its standard deviation, for pixels in [0, 1]. */
      sigma: number;
    }
  | {
      /** Normal noise is added to each value, without clipping; each sample has a standard deviation of its own. */
      type: 'multiscaleGaussian';
      /** The smallest standard deviation, in units of the scaled values. */
      least: number;
      /** The greatest standard deviation, in units of the scaled values; drawn log-uniformly between the two. */
      greatest: number;
    }
  | {
      /** Pixels are set to 0. */
      type: 'masking';
      /** The chance of a pixel. */
      rate: number;
    }
  | {
      /** Pixels are set to 0 or to 1. */
      type: 'saltAndPepper';
      /** The chance of a pixel. */
      rate: number;
    }
  | {
      /** Made defects: spots, scratches and patches of another brightness or grain, or moved from elsewhere in the picture. */
      type: 'defects';
      /** The share of the images that are left clean. Default 0.25. */
      clean: number;
      /** The least and the greatest size of a defect, as a share of the shorter side. Default [0.02, 0.3]. */
      size: [least: number, greatest: number];
    };

/** As a reader says it: "Gaussian noise, σ 0.4". */
export const describeCorruption = (corruption: AnyCorruption): string =>
  CORRUPTIONS.of(corruption.type).words(corruption);

/** Whether a corruption changes a small part of an image alone. */
export const isLocalCorruption = ({ type }: AnyCorruption): boolean => CORRUPTIONS.of(type).isLocal ?? false;

export type { CorruptionBuilder, CorruptionKind } from './kind.ts';
