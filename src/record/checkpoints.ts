/**
 * Checkpoints: every tensor of a training and its position, in one safetensors file, so that a run that is
 * resumed continues as if it had never stopped. Files are named by the steps taken; the newest two are kept.
 */
import { decodeSealed, encodeSealed, type StoredTensors } from '../codecs/sealed.ts';
import { HourglassError } from '../errors.ts';
import type { Sha256 } from '../hash.ts';
import { LARGEST_TENSOR_FILE, type RunFiles } from './files.ts';

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

/** A run's checkpoints. */
export interface Checkpoints {
  write(step: number, checkpoint: Checkpoint): Promise<void>;
  /**
   * The newest checkpoint that can be used: undamaged, of this configuration, and one that `check` does not throw at.
   * @throws HourglassError (run) if there are some and none can be used.
   */
  newest(check?: (checkpoint: Checkpoint) => Promise<void>): Promise<FoundCheckpoint>;
  /** The weights with the lowest validation loss so far. */
  writeBest(weights: StoredTensors, epoch: number): Promise<void>;
  /** @throws HourglassError (run) if they are missing, damaged or of another configuration. */
  readBest(): Promise<{ weights: StoredTensors; epoch: number }>;
}

export interface FoundCheckpoint {
  /** Null if the run has none yet. */
  checkpoint: Checkpoint | null;
  /** Why newer ones cannot be used, the newest first. */
  refused: string[];
}

const BEST = `${CHECKPOINTS}/best.safetensors`;

/** @param configuration identifies model and data: no other run resumes from these checkpoints. */
export function checkpointsOf(files: RunFiles, configuration: string, sha256: Sha256): Checkpoints {
  /** @throws HourglassError where the file is missing, damaged or of another run. */
  const read = async (name: string) => {
    const file = files.placeOf(name);
    const bytes = await files.read(name, LARGEST_TENSOR_FILE);
    if (bytes === null) {
      throw new HourglassError('run', { subject: file, rule: 'is missing', hint: 'train the recipe again' });
    }
    const found = decodeSealed(bytes, file, sha256);
    if (found.metadata.configuration === configuration) return found;
    throw new HourglassError('run', {
      subject: file,
      rule: "is of another run: its recipe, seed or images are not this one's",
    });
  };
  /** The names of the checkpoints, the newest first. */
  const names = async (): Promise<string[]> => {
    const steps = (name: string) => Number(NAME.exec(name)![1]);
    const found = (await files.list(CHECKPOINTS)).filter((name) => NAME.test(name));
    return found.sort((a, b) => steps(b) - steps(a));
  };
  return {
    async write(step, { tensors, position }) {
      const name = `step-${String(step).padStart(9, '0')}.safetensors`;
      const metadata = { configuration, position: JSON.stringify(position) };
      await files.write(`${CHECKPOINTS}/${name}`, encodeSealed(tensors, metadata, sha256));
      // A checkpoint of a later step was refused when the run resumed; it is written again at that step.
      const there = await names();
      for (const old of there.slice(there.indexOf(name)).slice(KEPT))
        await files.remove(`${CHECKPOINTS}/${old}`);
    },
    async newest(check = async () => {}) {
      const refused: string[] = [];
      for (const name of await names()) {
        try {
          const { tensors, metadata } = await read(`${CHECKPOINTS}/${name}`);
          const checkpoint = { tensors, position: JSON.parse(metadata.position ?? '') };
          await check(checkpoint);
          return { checkpoint, refused };
        } catch (error) {
          refused.push((error as Error).message);
        }
      }
      if (refused.length === 0) return { checkpoint: null, refused };
      throw new HourglassError('run', {
        subject: files.placeOf(CHECKPOINTS),
        rule: `no checkpoint can be used (${refused.join('; ')})`,
        hint: 'put back a copy of one, or train the recipe again',
      });
    },
    async writeBest(weights, epoch) {
      await files.write(BEST, encodeSealed(weights, { configuration, epoch: String(epoch) }, sha256));
    },
    async readBest() {
      const { tensors, metadata } = await read(BEST);
      return { weights: tensors, epoch: Number(metadata.epoch) };
    },
  };
}
