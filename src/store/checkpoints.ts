/**
 * Checkpoints: every tensor of a training and its position, in one safetensors file, so that a run that is
 * resumed goes on as if it had never stopped. Files are named by the steps taken; the newest two are kept.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeSafetensors, encodeSafetensors, type Safetensor } from '../codecs/safetensors.ts';
import { HourglassError } from '../errors.ts';
import { writeWhole } from './atomic.ts';

/** The folder of a run's checkpoints. */
export const CHECKPOINTS = 'checkpoints';
const NAME = /^step-(\d{9})\.safetensors$/;
const KEPT = 2;

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type StoredTensors = ReadonlyMap<string, StoredTensor>;

export interface Checkpoint {
  /** Weights, running statistics and the optimiser's arrays. */
  tensors: StoredTensors;
  /** Where the loop stands, as it gave it. */
  position: unknown;
}

export function encodeTensors(tensors: StoredTensors, metadata: Record<string, string>): Uint8Array {
  const entries = new Map<string, Safetensor>();
  for (const [name, { shape, values }] of tensors) {
    entries.set(name, { dtype: 'F32', shape, data: values as Float32Array<ArrayBuffer> });
  }
  return encodeSafetensors(entries, metadata);
}

function decodeTensors(
  bytes: Uint8Array,
  file: string,
): { tensors: StoredTensors; metadata: Record<string, string> } {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const entries = [...tensors].map(([name, { dtype, shape, data }]) => {
    if (dtype !== 'F32')
      throw new HourglassError('run', { subject: file, rule: `tensor '${name}' must be F32`, got: dtype });
    return [name, { shape, values: data as Float32Array }] as const;
  });
  return { tensors: new Map(entries), metadata };
}

export async function writeCheckpoint(run: string, step: number, checkpoint: Checkpoint): Promise<void> {
  const name = `step-${String(step).padStart(9, '0')}.safetensors`;
  const bytes = encodeTensors(checkpoint.tensors, { position: JSON.stringify(checkpoint.position) });
  await writeWhole(join(run, CHECKPOINTS, name), bytes);
  for (const old of (await checkpointFiles(run)).slice(KEPT))
    await rm(join(run, CHECKPOINTS, old), { force: true });
}

/** The newest checkpoint that is undamaged, or null where a run has none yet. */
export async function readNewestCheckpoint(run: string): Promise<Checkpoint | null> {
  let damage: unknown;
  for (const name of await checkpointFiles(run)) {
    const file = join(run, CHECKPOINTS, name);
    try {
      const { tensors, metadata } = decodeTensors(await readFile(file), file);
      return { tensors, position: JSON.parse(metadata.position ?? '') };
    } catch (error) {
      damage ??= error;
    }
  }
  if (damage === undefined) return null;
  throw new HourglassError(
    'run',
    {
      subject: join(run, CHECKPOINTS),
      rule: `no checkpoint can be read (${(damage as Error).message})`,
      hint: 'train the recipe anew',
    },
    { cause: damage },
  );
}

/** The checkpoints of a run, the newest first. */
async function checkpointFiles(run: string): Promise<string[]> {
  const names = await readdir(join(run, CHECKPOINTS)).catch(() => []);
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .reverse();
}

/** The weights with the lowest validation loss so far. */
const bestFile = (run: string) => join(run, CHECKPOINTS, 'best.safetensors');

export async function writeBestWeights(run: string, weights: StoredTensors, epoch: number): Promise<void> {
  await writeWhole(bestFile(run), encodeTensors(weights, { epoch: String(epoch) }));
}

export async function readBestWeights(run: string): Promise<{ weights: StoredTensors; epoch: number }> {
  const { tensors, metadata } = await readTensors(bestFile(run));
  return { weights: tensors, epoch: Number(metadata.epoch) };
}

/** The tensors of a file that a run cannot do without. */
export async function readTensors(
  file: string,
): Promise<{ tensors: StoredTensors; metadata: Record<string, string> }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new HourglassError(
      'run',
      { subject: file, rule: 'is missing', hint: 'train the recipe anew' },
      { cause },
    );
  }
  return decodeTensors(bytes, file);
}
