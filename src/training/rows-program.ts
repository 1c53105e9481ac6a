/** A graph with given weights, run over rows of numbers a batch at a time: nothing is learned. */
import type { Binding, Engine } from '../engine/index.ts';
import { sizeOf } from '../size.ts';
import type { NamedTensor } from './workspace.ts';

type Sym = Binding['symbol'];

export interface RowsGraph {
  /** Names it in errors. */
  name: string;
  /** Its weights and running statistics. */
  tensors: Iterable<{ readonly name: string; readonly symbol: Sym }>;
  /** What it takes, by name: [N, …]. */
  inputs: Readonly<Record<string, Sym>>;
  /** What it gives, and how many numbers of it belong to a row. */
  output: { symbol: Sym; size: number };
}

/**
 * Gives what the graph makes of `count` rows. The array is the program's own and holds until the next run.
 * @param rows of each input, one after the other.
 */
type RunRows = (rows: Readonly<Record<string, Float32Array>>, count: number) => Promise<Float32Array>;

/**
 * Compiles a graph for up to `rows` rows at once, and frees it when `use` has ended.
 * @param weights all that the graph needs, by name.
 */
export async function withRowsProgram<T>(
  engine: Engine,
  { name, tensors, inputs, output }: RowsGraph,
  weights: ReadonlyMap<string, NamedTensor>,
  { rows, threads }: { rows: number; threads: number },
  use: (run: RunRows) => Promise<T>,
): Promise<T> {
  const arena = engine.memory();
  const boundTo = (symbol: Sym, size: number): Binding => ({ symbol, block: arena.reserve(size) });
  const given = Object.entries(inputs).map(([key, symbol]) => {
    return [key, boundTo(symbol, rows * sizeOf(symbol.shape.slice(1) as number[]))] as const;
  });
  const known = Array.from(tensors, ({ name: key, symbol }) => {
    const { values } = weights.get(key)!;
    return { key, values, binding: boundTo(symbol, values.length) };
  });
  const made = boundTo(output.symbol, rows * output.size);
  const program = await engine.compile(
    {
      ...{ name, memory: arena },
      inputs: Object.fromEntries([...given, ...known.map(({ key, binding }) => [key, binding] as const)]),
      outputs: { made },
    },
    { threads },
  );
  for (const { binding, values } of known) arena.floats(binding.block).set(values);
  try {
    return await use(async (data, count) => {
      for (const [key, { block }] of given) arena.floats(block).set(data[key]!);
      await program.run(count);
      return arena.floats(made.block, count * output.size);
    });
  } finally {
    await program.dispose();
    arena.dispose();
  }
}
