/**
 * Where parameters, their gradients and the optimiser's state live: one block each for weights and for
 * biases, laid out alike, so that an optimiser's step is one pass over a whole block.
 */
import type { Block, Memory } from '../engine/index.ts';
import type { Initialiser, Parameter } from '../nn/index.ts';
import { sizeOf } from '../size.ts';
import { streamOf } from './streams.ts';

/** The parameters of one role, side by side. */
export interface ParameterGroup {
  readonly role: Parameter['role'];
  readonly values: Block;
  readonly gradients: Block;
  /** The gradients of one run, where a batch takes several, that are then added up. */
  readonly partial: Block | null;
  /** The optimiser's arrays, by its names for them. */
  readonly slots: ReadonlyMap<string, Block>;
}

/** The places of one parameter within its group's blocks. */
export interface ParameterPlace {
  readonly parameter: Parameter;
  readonly value: Block;
  /** Where a run writes its gradient: into `partial`, if there is one. */
  readonly written: Block;
  readonly gradient: Block;
  readonly slots: ReadonlyMap<string, Block>;
}

export interface ParameterMemory {
  readonly groups: readonly ParameterGroup[];
  readonly places: readonly ParameterPlace[];
}

/** What is kept besides values and gradients. */
export interface GradientNeeds {
  /** The optimiser's names for its arrays. */
  slotNames: readonly string[];
  /** Whether gradients of several runs are added up. */
  partial: boolean;
}

/** Where nothing is trained. */
export const NO_GRADIENTS: GradientNeeds = { slotNames: [], partial: false };

/** Where gradients are computed and added up, and something else takes the step. */
export const ADDED_UP: GradientNeeds = { slotNames: [], partial: true };

/** Each parameter begins at a multiple of this many elements (64 bytes). */
const ALIGNMENT = 16;

export function reserveParameters(
  arena: Memory,
  parameters: readonly Parameter[],
  { slotNames, partial }: GradientNeeds,
): ParameterMemory {
  const groups: ParameterGroup[] = [];
  const places: ParameterPlace[] = [];
  for (const role of ['weight', 'bias'] as const) {
    const members = parameters.filter((parameter) => parameter.role === role);
    const starts: number[] = [];
    let length = 0;
    for (const { shape } of members) {
      starts.push(length);
      length += Math.ceil(sizeOf(shape) / ALIGNMENT) * ALIGNMENT;
    }
    if (length === 0) continue;
    const group: ParameterGroup = {
      role,
      values: arena.reserve(length),
      gradients: arena.reserve(length),
      partial: partial ? arena.reserve(length) : null,
      slots: new Map(slotNames.map((name) => [name, arena.reserve(length)])),
    };
    groups.push(group);
    for (const [i, parameter] of members.entries()) {
      const part = (whole: Block): Block => ({
        offset: whole.offset + starts[i]! * Float32Array.BYTES_PER_ELEMENT,
        length: sizeOf(parameter.shape),
      });
      places.push({
        parameter,
        value: part(group.values),
        written: part(group.partial ?? group.gradients),
        gradient: part(group.gradients),
        slots: new Map([...group.slots].map(([name, block]) => [name, part(block)])),
      });
    }
  }
  return { groups, places };
}

/** Draws a tensor's first values: a function of the seed and the tensor's name alone. */
export function initialise(
  arena: Memory,
  block: Block,
  initial: Initialiser,
  name: string,
  seed: number,
): void {
  const { kernels } = arena;
  const drawnAs = initial.type === 'normal' ? (initial.like ?? name) : name;
  const stream = streamOf(`initial/${drawnAs}`);
  switch (initial.type) {
    case 'constant':
      arena.floats(block).fill(initial.value);
      break;
    case 'uniform':
      kernels.uniform(block.offset, block.length, initial.low, initial.high, seed, stream, 0, 0);
      break;
    case 'normal':
      kernels.normal(block.offset, block.length, initial.mean, initial.std, seed, stream, 0, 0);
      break;
  }
}
