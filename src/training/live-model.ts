/**
 * A model in the middle of its training: encoder and decoder on a copy of the weights as they are now. They have a memory
 * of their own, so that the training has the same bits with and without them.
 */
import type { Binding, Block, Engine } from '../engine/index.ts';
import { CLASS, type Definition, type HalfGraph, halves, oneHotInto } from '../models/index.ts';
import { rowsWithin } from '../samples/index.ts';
import { sizeOf } from '../size.ts';
import type { NamedTensor } from './workspace.ts';

/** Rows of one run: as many as fit into so many bytes of float32 values. */
const ROWS = 250;
const BYTES = 2 ** 22;

export interface LiveModel {
  /** Takes the weights as they are now. */
  refresh(weights: ReadonlyMap<string, NamedTensor>): void;
  /** Codes, [n, units], of images, [n, values] in [0, 1]; a conditional model is told their labels. */
  encode(images: Float32Array, labels?: Uint8Array): Promise<Float32Array>;
  /** Images, [n, values], of codes. */
  decode(codes: Float32Array, labels?: Uint8Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export async function liveModel(engine: Engine, definition: Definition): Promise<LiveModel> {
  const { values, codeUnits, conditionUnits } = definition;
  const rows = rowsWithin(BYTES, values, ROWS);
  const arena = engine.memory();
  const image = arena.reserve(rows * values);
  const code = arena.reserve(rows * codeUnits);
  const result = arena.reserve(rows * values);
  const told = arena.reserve(rows * conditionUnits);
  const blocks = new Map<string, Block>();
  const bound = (
    name: string,
    { from, condition, to, tensors }: HalfGraph,
    [before, after]: readonly [Block, Block],
  ) => {
    const inputs: Record<string, Binding> = { [name]: { symbol: from, block: before } };
    if (condition !== undefined) inputs[CLASS] = { symbol: condition, block: told };
    for (const tensor of tensors) {
      const block = blocks.get(tensor.name) ?? arena.reserve(sizeOf(tensor.shape));
      blocks.set(tensor.name, block);
      inputs[tensor.name] = { symbol: tensor.symbol, block };
    }
    return { name: `live ${name}`, inputs, outputs: { result: { symbol: to, block: after } }, memory: arena };
  };
  const { encoder: encoding, decoder: decoding } = halves(definition);
  const graphs = {
    encode: bound('image', encoding, [image, code]),
    decode: bound('code', decoding, [code, result]),
  };
  // One thread: further threads would compete with those of the training.
  const [encoder, decoder] = await Promise.all([
    engine.compile(graphs.encode, { threads: 1 }),
    engine.compile(graphs.decode, { threads: 1 }),
  ]);

  const run = async (
    program: typeof encoder,
    given: Float32Array,
    labels: Uint8Array | undefined,
    { from, to, sizes }: { from: Block; to: Block; sizes: readonly [number, number] },
  ): Promise<Float32Array> => {
    const count = given.length / sizes[0];
    const found = new Float32Array(count * sizes[1]);
    for (let start = 0; start < count; start += rows) {
      const end = Math.min(start + rows, count);
      arena.floats(from).set(given.subarray(start * sizes[0], end * sizes[0]));
      if (conditionUnits > 0) {
        if (labels === undefined) throw new RangeError('a conditional model needs the labels of its images');
        oneHotInto(labels.subarray(start, end), conditionUnits, arena.floats(told));
      }
      await program.run(end - start);
      found.set(arena.floats(to, (end - start) * sizes[1]), start * sizes[1]);
    }
    return found;
  };

  return {
    refresh(weights) {
      for (const [name, block] of blocks) arena.floats(block).set(weights.get(name)!.values);
    },
    encode: (images, labels) =>
      run(encoder, images, labels, { from: image, to: code, sizes: [values, codeUnits] }),
    decode: (codes, labels) =>
      run(decoder, codes, labels, { from: code, to: result, sizes: [codeUnits, values] }),
    async dispose() {
      await encoder.dispose();
      await decoder.dispose();
      arena.dispose();
    },
  };
}
