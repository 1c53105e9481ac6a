/**
 * The optimisers: which arrays each keeps per parameter, and its step. The loops themselves are the kernels of the engine's
 * memory, so an engine decides how they run.
 */
import type { Memory } from '../engine/index.ts';
import type { ParameterGroup } from './memory.ts';
import type { OptimiserConfig } from './settings.ts';

export interface StepSettings {
  learningRate: number;
  /** Multiplies every gradient first: below 1 where the gradient's norm is clipped. */
  gradientScale: number;
  /** The number of this step, from 1. */
  step: number;
}

/** One group's arrays, as pointers into the memory. */
interface Pointers {
  value: number;
  gradient: number;
  length: number;
  /** An array of the optimiser; 0 for one that it does not keep. */
  slot(name: string): number;
}

interface Optimiser<Config> {
  /** The names of the arrays it keeps, each as large as the parameters. */
  slots(config: Config): string[];
  /** Moves the parameters along their gradients; `decay` is the weight decay of this group. */
  step(kernels: Memory['kernels'], config: Config, at: Pointers, decay: number, how: StepSettings): void;
}

type ConfigOf<Type extends OptimiserConfig['type']> = Extract<OptimiserConfig, { type: Type }>;

const adam: Optimiser<ConfigOf<'adam'> | ConfigOf<'adamw'>> = {
  slots: () => ['mean', 'square'],
  step(kernels, { type, beta1, beta2, epsilon }, at, decay, { learningRate, gradientScale, step }) {
    kernels.adam(
      at.value,
      at.gradient,
      at.slot('mean'),
      at.slot('square'),
      at.length,
      learningRate,
      beta1,
      beta2,
      epsilon,
      1 - beta1 ** step,
      1 - beta2 ** step,
      decay,
      type === 'adamw',
      gradientScale,
    );
  },
};

const OPTIMISERS: { readonly [Type in OptimiserConfig['type']]: Optimiser<ConfigOf<Type>> } = {
  sgd: {
    slots: ({ momentum }) => (momentum > 0 ? ['velocity'] : []),
    step(kernels, { momentum, nesterov }, at, decay, { learningRate, gradientScale }) {
      kernels.sgd(
        at.value,
        at.gradient,
        at.slot('velocity'),
        at.length,
        learningRate,
        momentum,
        nesterov,
        decay,
        false,
        gradientScale,
      );
    },
  },
  rmsprop: {
    slots: ({ momentum }) => (momentum > 0 ? ['square', 'velocity'] : ['square']),
    step(kernels, { smoothing, epsilon, momentum }, at, decay, { learningRate, gradientScale }) {
      kernels.rmsprop(
        at.value,
        at.gradient,
        at.slot('square'),
        at.slot('velocity'),
        at.length,
        learningRate,
        smoothing,
        epsilon,
        momentum,
        decay,
        false,
        gradientScale,
      );
    },
  },
  adam,
  adamw: adam,
};

/** The record of an optimiser: it takes the settings of its own type. */
const optimiserOf = ({ type }: OptimiserConfig) => OPTIMISERS[type] as Optimiser<OptimiserConfig>;

/** The names of the arrays an optimiser keeps, each as large as the parameters. */
export const slotNames = (config: OptimiserConfig): string[] => optimiserOf(config).slots(config);

/** Moves one group's parameters along their gradients. */
export function optimise(
  config: OptimiserConfig,
  { kernels }: Memory,
  { role, values, gradients, slots }: ParameterGroup,
  how: StepSettings,
): void {
  const at: Pointers = {
    value: values.offset,
    gradient: gradients.offset,
    length: values.length,
    slot: (name) => slots.get(name)?.offset ?? 0,
  };
  const decay = role === 'weight' || config.decayBiases ? config.weightDecay : 0;
  optimiserOf(config).step(kernels, config, at, decay, how);
}
