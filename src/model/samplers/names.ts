/**
 * What can be fitted to the codes of a model, by name: its files, and whether a model has it. How it is read and drawn from is loaded
 * for models that have it; see fitted.ts.
 */
import { SAMPLERS } from '../../choices.ts';
import type { Samplers } from './samplers.ts';

export const SAMPLERS_FILE = 'samplers.json';
/** Bytes: a mixture of 64 Gaussians of 256 units takes some 45 MB. */
export const LARGEST_SAMPLERS = 1e8;

/** The prior over the whole numbers of a quantised code. */
export const AUTOREGRESSIVE_FILE = 'autoregressive.onnx';
/** Bytes of that file: those of codes of 512 numbers and 8,192 values take some 10 MB. */
export const LARGEST_AUTOREGRESSIVE = 1e8;

/** The names of what can be fitted. */
export const SAMPLER_NAMES = SAMPLERS;
/** What can be fitted to the codes of a model after its training. */
export type SamplerName = (typeof SAMPLERS)[number];

/** Whether a model has what was fitted under a name. */
export const hasSampler = (
  { samplers, autoregressive }: { samplers: Samplers | null; autoregressive?: object },
  name: SamplerName,
): boolean => (name === 'autoregressive' ? autoregressive !== undefined : samplers?.[name] != null);
