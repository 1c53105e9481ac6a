/** What training costs beside its steps, and what comes before them. */
import type { LabelledImages } from '../src/data/dataset.ts';
import { type Loading, measureLoading } from './loading.ts';
import { type Checkpoints, type Level, measureCheckpoints, measureLogging } from './overhead.ts';
import { type Memory, measureMemory, measureStartUp, type StartUp } from './startup.ts';
import type { Spread } from './statistics.ts';
import { format, whole } from './words.ts';

export interface Costs {
  startUp: StartUp;
  memory: Memory;
  logging: Level[];
  checkpoints: Checkpoints;
  loading: Loading[];
}

export async function measureCosts(
  folder: string,
  digits: LabelledImages,
  { quick, log }: { quick: boolean; log: (line: string) => void },
): Promise<Costs> {
  log('start-up');
  const startUp = await measureStartUp(quick ? 2 : 5);
  log('memory');
  const memory = await measureMemory();
  return {
    startUp,
    memory,
    logging: await measureLogging({ rounds: quick ? 1 : 7, log }),
    checkpoints: await measureCheckpoints({ rounds: quick ? 1 : 5, log }),
    loading: await measureLoading(folder, digits, { rounds: quick ? 2 : 5, log }),
  };
}

export function costLines({ startUp, memory, logging, checkpoints, loading }: Costs): string[] {
  const { firstStep } = startUp;
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  const levels = logging
    .slice(1)
    .map(({ level, ratio }) => `with \`--tensorboard ${level}\` ${added(ratio)}`);
  return [
    firstStep
      ? `- **Start-up**: ${seconds(firstStep.median)} s (${seconds(firstStep.min)} to ${seconds(firstStep.max)}) from the command to the end of the first training step.`
      : `- **Start-up**: ${startUp.note}.`,
    `- **Memory**: ${memory.peakMiB === null ? memory.note : `${memory.peakMiB.toFixed(0)} MiB at most, training \`stacked\` on all of MNIST`}.`,
    `- **Logging**: event files for TensorBoard add to the processor time of training \`vae20\` ${levels.join(', ')}.`,
    `- **Checkpoints**: one of \`vae20\` takes ${format(checkpoints.processor)} ms of processor time, and training waits ${format(checkpoints.waiting)} ms for it. There is one after each epoch, and one a minute: ${percent(checkpoints.shareOfEpoch)} % of an epoch of \`mnist-10k\`.`,
    "- **Loading**, from the name to all bytes in memory, by hourglass alone; files lie in the system's cache:",
    '',
    '| data | images | ms | images/s |',
    '| --- | ---: | ---: | ---: |',
    ...loading.map(
      ({ what, images, milliseconds }) =>
        `| ${what} | ${whole(images)} | ${format(milliseconds)} | ${whole((1000 * images) / milliseconds.median)} |`,
    ),
  ];
}

const percent = (share: number) => (100 * share).toFixed(1);

/** As `3.6 % (−5.8 to 10.7)`: what a ratio is above 1. */
function added({ median, low, high }: Spread): string {
  return `${percent(median - 1)} % (${percent(low - 1)} to ${percent(high - 1)})`;
}
