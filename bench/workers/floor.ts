/**
 * The floor: how long the work would take if every product ran as fast as this machine multiplies square
 * matrices (1024³ in ONNX Runtime, on the same threads) and every byte moved as fast as it copies memory. Both
 * speeds are measured anew in every turn.
 */
import { gemm, input } from '../../src/graph/index.ts';
import { nodeEngine } from '../../src/node/engine/index.ts';
import { costOf } from '../cost.ts';
import { networkNamed } from '../networks.ts';
import { serve } from '../protocol.ts';

const SIDE = 1024;
/** Elements copied: more than any cache holds. */
const COPIED = 2 ** 24;

await serve(async ({ network, threads, seed }) => {
  const cost = costOf(networkNamed(network));
  const arena = nodeEngine.memory();
  const [a, b, product] = [1, 2, 3].map(() => arena.reserve(SIDE * SIDE)) as [never, never, never];
  const [from, to] = [arena.reserve(COPIED), arena.reserve(COPIED)];
  const [left, right] = [input('a', [SIDE, SIDE]), input('b', [SIDE, SIDE])];
  const program = await nodeEngine.compile(
    {
      name: 'floor',
      inputs: { a: { symbol: left, block: a }, b: { symbol: right, block: b } },
      outputs: { product: { symbol: gemm(left, right), block: product } },
      memory: arena,
    },
    { threads },
  );
  for (const { offset, length } of [a, b, from] as { offset: number; length: number }[]) {
    arena.kernels.normal(offset, length, 0, 1, seed, 0, 0, 0);
  }
  return {
    ready: { modes: ['floor'], parameters: 0, versions: {}, notes: [] },
    async step({ batch }) {
      return async () => {
        const start = performance.now();
        await program.run(SIDE);
        const multiplied = performance.now();
        arena.kernels.copy(to.offset, from.offset, COPIED);
        const copied = performance.now();
        const millisecondsAnOperation = (multiplied - start) / (2 * SIDE ** 3);
        // Each byte is read once and written once.
        const millisecondsAByte = (copied - multiplied) / (2 * 4 * COPIED);
        const bytes = batch * cost.bytesAnImage + cost.bytesAStep;
        return {
          milliseconds: batch * cost.operations * millisecondsAnOperation + bytes * millisecondsAByte,
        };
      };
    },
  };
});
