/**
 * The floor: the products of one step and nothing else, on the same engine. For each of the eight layers, as
 * Gemm of ONNX Runtime without bias: forward [N, in]·[in, out], dW [N, in]ᵀ·[N, out] and, but for the first
 * layer, dX [N, out]·[in, out]ᵀ: 23 products in one graph, on one session with the same settings. Every
 * operand is an input from outside (normal random numbers) and every product an output written in place.
 * No bias, activation, mask, loss, data or optimiser.
 */
import { BATCH, gemm, input } from '../../src/graph/index.ts';
import { Arena, type Binding, type Block, compile, type Program } from '../../src/runtime/index.ts';
import { LAYERS } from '../network.ts';
import { serve } from '../protocol.ts';

async function products(batch: number, threads: number, seed: number): Promise<Program> {
  const arena = new Arena();
  const random: Block[] = [];
  const inputs: Record<string, Binding> = {};
  const outputs: Record<string, Binding> = {};
  const outside = (name: string, shape: (number | typeof BATCH)[]) => {
    const block = arena.reserve(shape.reduce<number>((a, b) => a * (b === BATCH ? batch : Number(b)), 1));
    const symbol = input(name, shape);
    random.push(block);
    inputs[name] = { symbol, block };
    return symbol;
  };
  const result = (name: string, symbol: Binding['symbol'], length: number) => {
    outputs[name] = { symbol, block: arena.reserve(length) };
  };
  const operands = LAYERS.map(({ inputs: fanIn, units }, i) => ({
    x: outside(`x${i}`, [BATCH, fanIn]),
    w: outside(`w${i}`, [fanIn, units]),
    g: outside(`g${i}`, [BATCH, units]),
  }));
  for (const [i, { x, w }] of operands.entries()) result(`y${i}`, gemm(x, w), batch * LAYERS[i]!.units);
  for (const [i, { x, w, g }] of [...operands.entries()].reverse()) {
    const { inputs: fanIn, units } = LAYERS[i]!;
    result(`dw${i}`, gemm(x, g, { transA: true }), fanIn * units);
    if (i > 0) result(`dx${i}`, gemm(g, w, { transB: true }), batch * fanIn);
  }
  for (const [i, { offset, length }] of random.entries()) {
    arena.kernels.normal(offset, length, 0, 0.05, seed, i, 0, 0);
  }
  return compile('floor', inputs, outputs, arena, { threads });
}

await serve(async ({ threads, seed }) => {
  const programs = new Map<number, Program>();
  return {
    ready: { modes: ['products'], parameters: 0, versions: {}, notes: [] },
    async step({ batch }) {
      const program = programs.get(batch) ?? (await products(batch, threads, seed));
      programs.set(batch, program);
      return async () => {
        await program.run(batch);
        return 0;
      };
    },
  };
});
