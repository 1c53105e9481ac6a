/** The commands that use a trained model, one file each; frame.ts has what they share. */
import type { Command } from 'commander';
import { anomalyCommand } from './anomaly.ts';
import { decodeCommand } from './decode.ts';
import { denoiseCommand } from './denoise.ts';
import { encodeCommand } from './encode.ts';
import { interpolateCommand } from './interpolate.ts';
import { manifoldCommand } from './manifold.ts';
import { neighboursCommand } from './neighbours.ts';
import { reconstructCommand } from './reconstruct.ts';
import { sampleCommand } from './sample.ts';

export const useCommands = (): Command[] => [
  encodeCommand(),
  decodeCommand(),
  reconstructCommand(),
  denoiseCommand(),
  anomalyCommand(),
  sampleCommand(),
  interpolateCommand(),
  manifoldCommand(),
  neighboursCommand(),
];
