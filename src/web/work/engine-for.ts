/** The engine of a training: with as many threads as the model can use, on the device that was asked for or that is faster. */
import type { SampleSet } from '../../data/dataset.ts';
import type { ChosenDevice, Device, DeviceChoice, Engine } from '../../engine/index.ts';
import { defineAutoencoder, trainingGraph } from '../../models/index.ts';
import { withClasses } from '../../recipe/conditional.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { divide } from '../../training/division.ts';
import { ON_GPU, refuseDevice, whyNoGpu } from '../engine/index.ts';
import { runtimeThreads } from '../threads.ts';
import { stepTime } from './step-time.ts';

export interface Wanted {
  readonly recipe: Recipe;
  readonly samples: Pick<SampleSet, 'height' | 'width' | 'channels' | 'classes'>;
  readonly threads: number;
  readonly device: DeviceChoice;
}

export interface EngineFor {
  readonly engine: Engine;
  readonly device: Device;
  /** Those of the training, helpers counted. */
  readonly threads: number;
}

type Opening = { openEngine(threads: number, device: Device): Promise<Engine> };

/** @throws HourglassError of kind 'usage' if the device that was asked for cannot be used. */
export async function engineFor(given: Wanted, { openEngine }: Opening): Promise<EngineFor> {
  const wanted = { ...given, recipe: withClasses(given.recipe, given.samples.classes) };
  const on = async (device: Device): Promise<EngineFor> => {
    const { ofRuntime, ofTraining } = threadsFor(wanted, device);
    return { engine: await openEngine(ofRuntime, device), device, threads: ofTraining };
  };
  if (wanted.device === 'cpu') return on('cpu');
  const reason =
    wanted.device === 'cuda'
      ? 'a page has WebGPU only'
      : await whyNoGpu({ software: wanted.device === 'webgpu' });
  if (wanted.device !== 'auto') {
    return reason === null ? on('webgpu') : refuseDevice(wanted.device, reason);
  }
  const onProcessor = await on('cpu');
  if (reason !== null) return saying(onProcessor, { device: 'cpu', note: `on the processor: ${reason}` });
  return fasterOf(onProcessor, await on('webgpu'), wanted);
}

/** By a few steps on each, before the training. */
async function fasterOf(onProcessor: EngineFor, onGpu: EngineFor, wanted: Wanted): Promise<EngineFor> {
  const processor = await stepTime(onProcessor, wanted);
  const gpu = await stepTime(onGpu, wanted);
  const measured = `a step takes ${gpu.toFixed(1)} ms on webgpu and ${processor.toFixed(1)} ms on the processor`;
  return gpu < processor
    ? saying(onGpu, { ...ON_GPU, note: `${ON_GPU.note} (${measured})` })
    : saying(onProcessor, { device: 'cpu', note: `on the processor: ${measured}` });
}

/** An engine whose choice of a device was made: a training says why. */
const saying = (chosen: EngineFor, choice: ChosenDevice): EngineFor => ({
  ...chosen,
  engine: { ...chosen.engine, device: async () => choice },
});

/**
 * Where each thread computes a share of the batch, ONNX Runtime has one thread in each, and helpers are the others. Elsewhere
 * ONNX Runtime has them all, if the page lets it.
 */
function threadsFor(
  { recipe, samples: { height, width, channels }, threads: asked }: Wanted,
  device: Device,
): { ofRuntime: number; ofTraining: number } {
  const definition = defineAutoencoder(recipe.model, { height, width, channels });
  const { batchSize } = recipe.training;
  const { replicas } = divide(trainingGraph(definition, recipe), { batchSize, threads: asked, device });
  if (replicas > 1) return { ofRuntime: 1, ofTraining: asked };
  const own = Math.min(asked, runtimeThreads());
  return { ofRuntime: own, ofTraining: own };
}
