/**
 * Checkpoints: every tensor of a training and its position, in one safetensors file, so that a run that is
 * resumed continues as if it had never stopped. Files are named by the steps taken; the newest two are kept.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HourglassError } from '../errors.ts';
import { LARGEST_TENSOR_FILE, readFileIfThere } from '../read-file.ts';
import { writeWhole } from './part-file.ts';
import { decodeSealed, decodeWeights, encodeSealed, type StoredTensors, type TensorFile } from './seal.ts';

/** The folder of a run's checkpoints. */
export const CHECKPOINTS = 'checkpoints';
const NAME = /^step-(\d{9,})\.safetensors$/;
const KEPT = 2;

export interface Checkpoint {
  /** Weights, running statistics and the optimiser's arrays. */
  tensors: StoredTensors;
  /** Where the loop stands, as it gave it. */
  position: unknown;
}

/** @param configuration identifies model and data: no other run resumes from these checkpoints. */
export async function writeCheckpoint(
  run: string,
  step: number,
  checkpoint: Checkpoint,
  configuration: string,
): Promise<void> {
  const name = `step-${String(step).padStart(9, '0')}.safetensors`;
  const position = JSON.stringify(checkpoint.position);
  const bytes = encodeSealed(checkpoint.tensors, { configuration, position });
  await writeWhole(join(run, CHECKPOINTS, name), bytes);
  // A checkpoint of a later step was refused when the run resumed; it is written again at that step.
  const names = await checkpointFiles(run);
  for (const old of names.slice(names.indexOf(name)).slice(KEPT))
    await rm(join(run, CHECKPOINTS, old), { force: true });
}

export interface FoundCheckpoint {
  /** Null if the run has none yet. */
  checkpoint: Checkpoint | null;
  /** Why newer ones cannot be used, the newest first. */
  refused: string[];
}

/**
 * The newest checkpoint that can be used: undamaged, of this configuration, and one that `check` does not throw at.
 * @throws HourglassError (run) if there are some and none can be used.
 */
export async function readNewestCheckpoint(
  run: string,
  configuration: string,
  check: (checkpoint: Checkpoint) => Promise<void> = async () => {},
): Promise<FoundCheckpoint> {
  const refused: string[] = [];
  for (const name of await checkpointFiles(run)) {
    const file = join(run, CHECKPOINTS, name);
    try {
      const { tensors, metadata } = decodeSealed(await readNeeded(file), file);
      requireConfiguration(metadata, configuration, file);
      const checkpoint = { tensors, position: JSON.parse(metadata.position ?? '') };
      await check(checkpoint);
      return { checkpoint, refused };
    } catch (error) {
      refused.push((error as Error).message);
    }
  }
  if (refused.length === 0) return { checkpoint: null, refused };
  throw new HourglassError('run', {
    subject: join(run, CHECKPOINTS),
    rule: `no checkpoint can be used (${refused.join('; ')})`,
    hint: 'put back a copy of one, or train the recipe again',
  });
}

/** The checkpoints of a run, the newest first. */
async function checkpointFiles(run: string): Promise<string[]> {
  const names = await readdir(join(run, CHECKPOINTS)).catch(() => []);
  const steps = (name: string) => Number(NAME.exec(name)![1]);
  return names.filter((name) => NAME.test(name)).sort((a, b) => steps(b) - steps(a));
}

/** The weights with the lowest validation loss so far. */
const bestFile = (run: string) => join(run, CHECKPOINTS, 'best.safetensors');

export async function writeBestWeights(
  run: string,
  weights: StoredTensors,
  epoch: number,
  configuration: string,
): Promise<void> {
  await writeWhole(bestFile(run), encodeSealed(weights, { configuration, epoch: String(epoch) }));
}

/** @throws HourglassError (run) if they are missing, damaged or of another configuration. */
export async function readBestWeights(
  run: string,
  configuration: string,
): Promise<{ weights: StoredTensors; epoch: number }> {
  const file = bestFile(run);
  const { tensors, metadata } = decodeSealed(await readNeeded(file), file);
  requireConfiguration(metadata, configuration, file);
  return { weights: tensors, epoch: Number(metadata.epoch) };
}

function requireConfiguration(metadata: Record<string, string>, configuration: string, file: string): void {
  if (metadata.configuration === configuration) return;
  throw new HourglassError('run', {
    subject: file,
    rule: "is of another run: its recipe, seed or images are not this one's",
  });
}

/** The tensors of a file that a run cannot do without. */
export async function readTensors(file: string): Promise<TensorFile> {
  return decodeWeights(await readNeeded(file), file);
}

async function readNeeded(file: string): Promise<Uint8Array> {
  const bytes = await readFileIfThere(file, { most: LARGEST_TENSOR_FILE });
  if (bytes !== null) return bytes;
  throw new HourglassError('run', { subject: file, rule: 'is missing', hint: 'train the recipe again' });
}
