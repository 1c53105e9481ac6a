/** The gradients of a batch, or of a replica's share of it: some images at a time, added up in order. */
import type { RunSettings } from '../engine/index.ts';
import type { TrainingGraph } from '../models/index.ts';
import type { Share } from './division.ts';
import type { Losses, Place, Workspace } from './workspace.ts';

/** The batch that a share is of. */
export interface BatchPlace {
  /** Images of the whole batch. */
  total: number;
  step: number;
  /** Epochs before this step, a fraction of one too. */
  epochs: number;
}

export interface BatchGradients {
  /**
   * Leaves the gradients of a share in the workspace, and gives its part of the losses: gradients and losses of
   * a batch are the sums of its shares'. The share's samples are stored in `stored`, from the one at `from` on.
   */
  run(stored: { place: Place; from: number }, share: Share, batch: BatchPlace): Promise<Losses>;
  dispose(): Promise<void>;
}

export async function batchGradients(
  workspace: Workspace,
  graph: TrainingGraph,
  { rows, ...settings }: RunSettings & { rows: number },
): Promise<BatchGradients> {
  const { engine, arena, places, groups, states, noise } = workspace;
  const { kernels } = arena;
  const outputs = workspace.lossOutputs(graph);
  for (const { parameter, written } of places) {
    const symbol = graph.gradients.find((g) => g.parameter === parameter)!.gradient;
    outputs[`gradient/${parameter.name}`] = { symbol, block: written };
  }
  for (const { state, next } of states) {
    if (state.next !== null) outputs[`next/${state.name}`] = { symbol: state.next, block: next };
  }
  const bound = { name: 'train', inputs: workspace.inputs(graph), outputs, memory: arena };
  const program = await engine.compile(bound, settings);

  return {
    async run({ place, from }, { first, count }, { total, step, epochs }) {
      const sums: Losses = {};
      workspace.schedule(graph, epochs);
      for (let at = first; at < first + count; at += rows) {
        const some = Math.min(rows, first + count - at);
        workspace.stage(place, from + at - first, some, total);
        noise.draw(graph.net, some, { type: 'training', step, firstRow: at });
        await program.run(some);
        addLosses(sums, workspace.readLosses());
        for (const { gradients, partial } of groups) {
          if (partial === null) continue;
          const gather = at === first ? kernels.copy : kernels.add;
          gather(gradients.offset, partial.offset, gradients.length);
        }
      }
      return sums;
    },
    dispose: () => program.dispose(),
  };
}

export function addLosses(sums: Losses, losses: Losses): void {
  for (const [name, value] of Object.entries(losses)) sums[name] = (sums[name] ?? 0) + value;
}
