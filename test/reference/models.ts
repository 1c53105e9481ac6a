/** Models that between them use every operator, its gradients and their gradients. */
import fc from 'fast-check';
import { gradients } from '../../src/autodiff/index.ts';
import type { OperatorName, Sym } from '../../src/graph/index.ts';
import type { ModelParts } from '../../src/onnx/index.ts';
import { CASES, instantiate } from './cases.ts';
import { weightedSum } from './differences.ts';

export function modelsOfEveryOperator(perOperator: number): { text: string; parts: ModelParts }[] {
  return (Object.keys(CASES) as OperatorName[]).flatMap((op) =>
    fc.sample(CASES[op], { seed: 11, numRuns: perOperator }).map((one, seed) => {
      const { operands, y, feeds, rows, draw } = instantiate(one, seed);
      const first = gradients(weightedSum([y], feeds, rows, draw), operands);
      const second = gradients(weightedSum(first, feeds, rows, draw), operands);
      const named = (symbols: Iterable<Sym>, name: (symbol: Sym, i: number) => string) =>
        Object.fromEntries([...symbols].map((symbol, i) => [name(symbol, i), symbol]));
      return {
        text: one.text,
        parts: {
          name: one.text,
          inputs: named(feeds.keys(), (symbol) => symbol.scope),
          outputs: named([y, ...first, ...second], (_, i) => `y${i}`),
        },
      };
    }),
  );
}
