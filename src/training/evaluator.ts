/** The objective on held-out images: the loss in its parts, by the definition that training minimises. */
import {
  type Definition,
  type LossPart,
  type ObjectiveConfig,
  type ObjectiveGraph,
  objectiveGraph,
} from '../models/index.ts';
import { compile, type Program, type SessionSettings } from '../runtime/index.ts';
import { NO_GRADIENTS } from './memory.ts';
import {
  type Images,
  type Losses,
  layOut,
  type NamedTensor,
  type Sized,
  type Workspace,
} from './workspace.ts';

/** Images that an evaluation runs on at once; of large ones fewer, so that they have no more values than these. */
const ROWS = 500;
const VALUES = 2 ** 21;

const rowsFor = (pixels: number): number => Math.max(1, Math.min(ROWS, Math.floor(VALUES / pixels)));

/** Whose noise an evaluation has: each split has its own, the same every time. */
export type HeldSplit = 'validation' | 'test';

export interface Evaluator {
  readonly parts: readonly LossPart[];
  /**
   * Mean losses over all of `images`: no dropout, running statistics, the full weight of what is warmed up;
   * the task's own noise (corruption, sampled codes) is the same for each image of the split every time.
   */
  evaluate(images: Images, split: HeldSplit): Promise<Losses>;
  dispose(): Promise<void>;
}

/** What the loss is made of, without the symbols. */
const partsOf = ({ objective }: ObjectiveGraph): LossPart[] =>
  objective.parts.map(({ name, definition, unit, weight }) => ({ name, definition, unit, weight }));

/** The graph that validates, with the rows that an evaluator runs it on. */
export function evaluationGraph(definition: Definition, objective: ObjectiveConfig): Sized {
  return {
    graph: objectiveGraph(definition, objective, 'validate'),
    rows: rowsFor(definition.pixels),
  };
}

/** An evaluator of the current weights in a workspace. */
export async function evaluatorOf(
  workspace: Workspace,
  { graph, rows }: Sized,
  settings: SessionSettings,
): Promise<Evaluator> {
  const { arena, noise } = workspace;
  const [inputs, outputs] = [workspace.inputs(graph), workspace.lossOutputs(graph)];
  const program: Program = await compile('evaluate', inputs, outputs, arena, settings);
  return {
    parts: partsOf(graph),
    async evaluate(images, split) {
      const sums: Losses = {};
      for (let firstRow = 0; firstRow < images.count; firstRow += rows) {
        const count = Math.min(rows, images.count - firstRow);
        workspace.stage(images, count, (row) => firstRow + row);
        noise.draw(graph.net, count, { type: 'held', split, firstRow });
        await program.run(count);
        for (const [name, value] of Object.entries(workspace.readLosses())) {
          sums[name] = (sums[name] ?? 0) + value * count;
        }
      }
      return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / images.count]));
    },
    dispose: () => program.dispose(),
  };
}

/** An evaluator of given weights: the objective of a trained model on any images. */
export async function createEvaluator(
  { definition, objective }: { definition: Definition; objective: ObjectiveConfig },
  weights: ReadonlyMap<string, NamedTensor>,
  { seed, threads }: { seed: number; threads: number },
): Promise<Evaluator> {
  const sized = evaluationGraph(definition, objective);
  const workspace = layOut([sized], NO_GRADIENTS, seed);
  for (const [name, { values }] of workspace.weights()) {
    const given = weights.get(name);
    if (given?.values.length !== values.length) throw new RangeError(`no weights for '${name}'`);
    values.set(given.values);
  }
  return evaluatorOf(workspace, sized, { threads });
}
