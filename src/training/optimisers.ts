/** The optimisers: which arrays each keeps per parameter, and its step as a call of its kernel. */
import type { Memory } from '../engine/index.ts';
import type { ParameterGroup } from './memory.ts';
import type { OptimiserConfig } from './settings.ts';

/** The names of the arrays an optimiser keeps, each as large as the parameters. */
export function slotNames(config: OptimiserConfig): string[] {
  switch (config.type) {
    case 'sgd':
      return config.momentum > 0 ? ['velocity'] : [];
    case 'rmsprop':
      return config.momentum > 0 ? ['square', 'velocity'] : ['square'];
    case 'adam':
    case 'adamw':
      return ['mean', 'square'];
  }
}

export interface StepSettings {
  learningRate: number;
  /** Multiplies every gradient first: below 1 where the gradient's norm is clipped. */
  gradientScale: number;
  /** The number of this step, from 1. */
  step: number;
}

/** Moves one group's parameters along their gradients. */
export function optimise(
  config: OptimiserConfig,
  arena: Memory,
  group: ParameterGroup,
  { learningRate, gradientScale, step }: StepSettings,
): void {
  const { kernels } = arena;
  const value = group.values.offset;
  const gradient = group.gradients.offset;
  const n = group.values.length;
  const slot = (name: string) => group.slots.get(name)?.offset ?? 0;
  const decay = group.role === 'weight' || config.decayBiases ? config.weightDecay : 0;
  switch (config.type) {
    case 'sgd':
      kernels.sgd(
        value,
        gradient,
        slot('velocity'),
        n,
        learningRate,
        config.momentum,
        config.nesterov,
        decay,
        false,
        gradientScale,
      );
      break;
    case 'rmsprop':
      kernels.rmsprop(
        value,
        gradient,
        slot('square'),
        slot('velocity'),
        n,
        learningRate,
        config.smoothing,
        config.epsilon,
        config.momentum,
        decay,
        false,
        gradientScale,
      );
      break;
    case 'adam':
    case 'adamw':
      kernels.adam(
        value,
        gradient,
        slot('mean'),
        slot('square'),
        n,
        learningRate,
        config.beta1,
        config.beta2,
        config.epsilon,
        1 - config.beta1 ** step,
        1 - config.beta2 ** step,
        decay,
        config.type === 'adamw',
        gradientScale,
      );
      break;
  }
}
