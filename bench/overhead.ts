/** What a setting of training costs: whole trainings with it and without, in turn, each in a process of its own. */
import type { TrainOptions } from 'hourglass';
import { once } from './once.ts';
import { median, pairedRatio, type Spread, spread } from './statistics.ts';
import type { TrainingTaken, TrainingTask } from './workers/whole-training.ts';

const RECIPE = 'vae20';

/** One level of what is measured, as `--tensorboard all`. */
export interface Level {
  level: string;
  /** Processor seconds of the whole process: what does not depend on who else uses the machine. */
  seconds: Spread;
  /** To the same round's at the first level. */
  ratio: Spread;
}

export interface Checkpoints {
  /** Of one checkpoint: processor time, and how long training waits for it, milliseconds. */
  processor: Spread;
  waiting: Spread;
  /** How long training waits for one, to how long an epoch takes. */
  shareOfEpoch: number;
}

interface Plan {
  rounds: number;
  log: (line: string) => void;
}

/** TensorBoard's event files: five epochs of `vae20` with none, with scalars, with all. */
export async function measureLogging(plan: Plan): Promise<Level[]> {
  const levels = (['none', 'scalars', 'all'] as const).map((tensorboard) => ({ tensorboard, epochs: 5 }));
  const taken = await inTurn('logging', levels, plan);
  const seconds = taken.map((rounds) => rounds.map(({ processorSeconds }) => processorSeconds));
  return levels.map(({ tensorboard }, i) => ({
    level: tensorboard,
    seconds: spread(seconds[i]!),
    ratio: pairedRatio(seconds[i]!, seconds[0]!),
  }));
}

/** Checkpoints: two epochs of `vae20` with one after each epoch, the fewest there can be, and with one after each step. */
export async function measureCheckpoints(plan: Plan): Promise<Checkpoints> {
  const epochs = 2;
  const levels = [3600, Number.MIN_VALUE].map(
    (checkpointEvery) => ({ checkpointEvery, epochs, tensorboard: 'none' }) as const,
  );
  const [few, many] = (await inTurn('checkpoints', levels, plan)) as [TrainingTaken[], TrainingTaken[]];
  const each = (of: 'processorSeconds' | 'seconds') =>
    spread(many.map((taken, i) => (1000 * (taken[of] - few[i]![of])) / taken.steps));
  const waiting = each('seconds');
  const epoch = median(few.flatMap((taken) => taken.epochs.map(({ seconds }) => 1000 * seconds)));
  return { processor: each('processorSeconds'), waiting, shareOfEpoch: waiting.median / epoch };
}

/** What trainings took, by level and round; the order changes from round to round. */
async function inTurn(
  what: string,
  levels: readonly TrainOptions[],
  { rounds, log }: Plan,
): Promise<TrainingTaken[][]> {
  const taken = levels.map((): TrainingTaken[] => []);
  for (let round = 0; round < rounds; round++) {
    log(`${what}: round ${round + 1} of ${rounds}`);
    for (let i = 0; i < levels.length; i++) {
      const at = (i + round) % levels.length;
      const task: TrainingTask = { recipe: RECIPE, options: { data: 'mnist-10k', ...levels[at] } };
      taken[at]!.push(await once('whole-training', task));
    }
  }
  return taken;
}
