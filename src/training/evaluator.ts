/** The objective on held-out samples: the loss in its parts, by the definition that training minimises. */
import type { Engine, RunSettings } from '../engine/index.ts';
import {
  codeTraits,
  type Definition,
  type LossPart,
  type ObjectiveConfig,
  type ObjectiveGraph,
  objectiveGraph,
} from '../models/index.ts';
import { imageSpec, rowsWithin, type SampleSpec, type Source } from '../samples/index.ts';
import { NO_GRADIENTS } from './memory.ts';
import { requireTensors } from './weights.ts';
import { type Losses, layOut, type NamedTensor, type Sized, type Workspace } from './workspace.ts';

/**
 * Rows of a run of an evaluation: as many as fit into so many bytes, their values as floats and the largest maps that a
 * convolution makes of them; no more than this.
 */
const ROWS = 500;
const BYTES = 2 ** 23;
const MAPS_BYTES = 2 ** 27;

/** Whose noise an evaluation has: each split has its own, the same every time; training draws other numbers. */
export type HeldSplit = 'validation' | 'test' | 'train';

export interface Evaluator {
  readonly parts: readonly LossPart[];
  /**
   * Mean losses over all samples of a source: no dropout, running statistics, the full weight of what is warmed up;
   * the task's own noise (corruption, sampled codes) is the same for each sample of the split every time.
   * @param onShare gets the share of the samples that is done.
   */
  evaluate(source: Source, split: HeldSplit, onShare?: (share: number) => void): Promise<Losses>;
  dispose(): Promise<void>;
}

/** What the loss is made of, without the symbols. */
const partsOf = ({ objective }: ObjectiveGraph): LossPart[] =>
  objective.parts.map(({ name, definition, unit, weight }) => ({ name, definition, unit, weight }));

/** The graph that validates, with the rows that an evaluator runs it on. */
export function evaluationGraph(definition: Definition, objective: ObjectiveConfig): Sized {
  const graph = objectiveGraph(definition, objective, 'validate');
  const each = definition.values * (codeTraits(definition.code).codesPerImage ?? 1);
  const rows = rowsWithin(BYTES, each, ROWS);
  return { graph, rows: rowsWithin(MAPS_BYTES, Math.max(1, graph.largestMaps), rows) };
}

/** An evaluator of the current weights in a workspace. */
export async function evaluatorOf(
  workspace: Workspace,
  { graph, rows }: Sized,
  settings: RunSettings,
): Promise<Evaluator> {
  const { engine, arena, noise, reader } = workspace;
  const [inputs, outputs] = [workspace.inputs(graph), workspace.lossOutputs(graph)];
  const program = await engine.compile({ name: 'evaluate', inputs, outputs, memory: arena }, settings);
  return {
    parts: partsOf(graph),
    async evaluate(source, split, onShare) {
      const sums: Losses = {};
      for await (const { first: firstRow, count, place } of reader.inOrder(source, rows)) {
        onShare?.(firstRow / source.count);
        workspace.stage(place, 0, count);
        noise.draw(graph.net, count, { type: 'held', split, firstRow });
        await program.run(count);
        for (const [name, value] of Object.entries(workspace.readLosses())) {
          sums[name] = (sums[name] ?? 0) + value * count;
        }
      }
      return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / source.count]));
    },
    dispose: () => program.dispose(),
  };
}

/** An evaluator of given weights: the objective of a trained model on any samples, by default images as bytes. */
export async function createEvaluator(
  engine: Engine,
  {
    definition,
    objective,
    samples = imageSpec(definition.shape),
  }: { definition: Definition; objective: ObjectiveConfig; samples?: SampleSpec },
  weights: ReadonlyMap<string, NamedTensor>,
  { seed, threads }: { seed: number; threads: number },
): Promise<Evaluator> {
  const sized = evaluationGraph(definition, objective);
  const workspace = layOut(engine, [sized], NO_GRADIENTS, seed, { samples, most: sized.rows });
  const own = workspace.weights();
  const needed = [...own].map(([name, { shape }]) => [name, shape] as const);
  requireTensors(weights, needed, { subject: 'weights', rule: 'do not fit the model' });
  for (const [name, { values }] of own) values.set(weights.get(name)!.values);
  return evaluatorOf(workspace, sized, { threads });
}
