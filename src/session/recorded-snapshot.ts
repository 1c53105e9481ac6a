/** The pictures of a run that does not train any more, from its model or its newest checkpoint. */
import type { StoredTensors } from '../codecs/sealed.ts';
import { HourglassError } from '../errors.ts';
import { nodeEngine } from '../node/engine/index.ts';
import { readWeights } from '../node/model-files.ts';
import { modelFor } from '../recipe/fitting.ts';
import { checkpointsOf, type Manifest } from '../record/index.ts';
import { configurationOf, openRunData, type SessionData } from '../runs/index.ts';
import { readMetrics, runFiles } from '../store/index.ts';
import { liveModel, positionSchema } from '../training/index.ts';
import type { Snapshot } from './snapshot.ts';
import { ENCODING, snapshotTaker } from './snapshots.ts';

/**
 * A snapshot of a run as it was left: of its model if it is finished, otherwise of its newest checkpoint.
 * @throws HourglassError if the run's images are not here, or it has no checkpoint.
 */
export async function recordedSnapshot(folder: string, data: SessionData = {}): Promise<Snapshot> {
  const { manifest, recipe, dataset } = await openRunData(folder, data);
  const definition = modelFor(recipe, dataset);
  const { weights, epoch, step } =
    manifest.status === 'finished'
      ? { weights: await readWeights(folder, definition, recipe), ...(await lastPlace(folder)) }
      : await newestWeights(folder, manifest);
  const take = await snapshotTaker({ engine: nodeEngine, dataset, definition, recipe, manifest });
  const model = await liveModel(nodeEngine, definition);
  try {
    model.refresh(weights);
    const { encode, decode } = model;
    return await take({ epoch, step }, { encode, decode, weights }, ENCODING.end);
  } finally {
    await model.dispose();
  }
}

async function lastPlace(folder: string): Promise<{ epoch: number; step: number }> {
  const last = (await readMetrics(folder)).at(-1);
  return { epoch: last?.epoch ?? 1, step: last?.step ?? 0 };
}

async function newestWeights(
  folder: string,
  manifest: Manifest,
): Promise<{ weights: StoredTensors; epoch: number; step: number }> {
  const { sha256 } = nodeEngine;
  const checkpoints = checkpointsOf(runFiles(folder), configurationOf(manifest, sha256), sha256);
  const { checkpoint } = await checkpoints.newest();
  if (checkpoint === null) {
    throw new HourglassError('run', {
      subject: folder,
      rule: 'has no checkpoint yet: there is nothing to show',
    });
  }
  const { epoch, step } = positionSchema.parse(checkpoint.position);
  return { weights: checkpoint.tensors, epoch: epoch + 1, step };
}
