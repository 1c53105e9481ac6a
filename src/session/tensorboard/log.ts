/**
 * A training as TensorBoard shows it: what is written when, in the run's folder `tensorboard`. At its root are
 * graph, settings, pictures and histograms; `training` and `validation` have curves of the same names, so that
 * they lie over one another. It only observes: the training is the same with and without it.
 */
import { join } from 'node:path';
import {
  countBuckets,
  encodeGraph,
  encodeGraphDef,
  encodeStart,
  encodeSummaries,
  histogram,
  hparamsEnd,
  type SummaryValue,
  scalar,
  text,
} from '../../codecs/tensorboard/index.ts';
import { describeParts } from '../../models/index.ts';
import { inWordsFor } from '../../samples/index.ts';
import { openEventLog } from '../../store/index.ts';
import type { Losses, NamedTensor } from '../../training/index.ts';
import { partName } from '../../views/part-names.ts';
import { taskExamples } from '../../views/pictures/examples.ts';
import { firstCodes } from '../../views/pictures/input.ts';
import { graphNodes } from '../../views/tensorboard/graph.ts';
import { hparamSummaries } from '../../views/tensorboard/hparams.ts';
import { inputImages, modelImages } from '../../views/tensorboard/images.ts';
import type { Observer } from '../observer.ts';
import type { Session } from '../state.ts';
import { writeCodes } from './projector.ts';

const TENSORBOARD_FOLDER = 'tensorboard';
/** Test images whose codes the histogram counts. */
const CODES = 500;

/** The observer that logs; null if the run logs nothing. A resumed run continues in new files, from its current step. */
export async function openLog(session: Session): Promise<Observer | null> {
  const { manifest, recipe, trainer, dataset } = session;
  const { level, logEvery } = manifest.tensorboard;
  if (level === 'none') return null;
  const folder = join(session.files.place, TENSORBOARD_FOLDER);
  const files: EventFile[] = [];
  const open = (name: string): EventFile => {
    const file = openEventFile(join(folder, name), session.position.step + 1);
    files.push(file);
    return file;
  };
  const close = () => {
    for (const file of files) file.close();
  };
  try {
    const { kind } = dataset.train.spec;
    const isWhole = level === 'all';
    const examples =
      isWhole && kind === 'image' ? { ...(await taskExamples(session)), dataset, recipe } : null;
    const [root, training, validation] = [open('.'), open('training'), open('validation')];
    if (root.isFirst) {
      const settings = text('recipe', recipePage(session), { displayName: recipe.name });
      root.add(0, [...hparamSummaries(recipe, manifest), settings]);
      if (examples !== null) root.add(0, inputImages(examples));
      if (isWhole) {
        root.addGraph(encodeGraphDef(graphNodes(trainer.graph, recipe.training.optimiser.type)));
      }
    }
    for (const file of files) file.flush();
    return {
      step({ step, losses, learningRate, imagesPerSecond }) {
        if (step % logEvery === 0) {
          const { gradients, weights } = trainer.norms();
          training.add(step, [
            ...lossScalars(session, losses, 'of one batch'),
            scalar('learningRate', learningRate, { displayName: 'learning rate' }),
            scalar('gradientNorm', gradients, {
              displayName: 'gradient norm',
              description: 'Euclidean norm of the whole gradient of one batch, before clipping',
            }),
            scalar('weightNorm', weights, {
              displayName: 'weight norm',
              description: 'Euclidean norm of all weights and biases',
            }),
            scalar(`${kind}sPerSecond`, imagesPerSecond, {
              displayName: `${kind}s per second`,
              description: 'mean over the epoch so far',
            }),
          ]);
        }
        training.tick();
      },
      epoch({ metrics: { step, validation: losses } }) {
        validation.add(step, lossScalars(session, losses, `over all validation ${kind}s`));
        training.flush();
        validation.flush();
      },
      async sample(model) {
        if (!isWhole) return;
        const { codes, count } = await firstCodes(model, dataset.test, CODES);
        root.add(session.position.step, [
          ...(examples === null ? [] : await modelImages(examples, model)),
          ...histograms('weights', trainer.weights(), 'weights and running statistics'),
          ...histograms('gradients', trainer.gradients(), 'of the last batch, before clipping'),
          histogram('codes', countBuckets(codes), {
            description: `all units, the first ${count} test ${kind}s of ${dataset.name}`,
          }),
        ]);
        root.flush();
      },
      async finish(model) {
        if (isWhole) await writeCodes(join(folder, 'codes'), dataset, model);
        root.add(session.position.step, [hparamsEnd('success', now())]);
        for (const file of files) file.flush();
      },
      end() {
        for (const file of files) file.flush();
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

interface EventFile {
  readonly isFirst: boolean;
  add(step: number, values: readonly SummaryValue[]): void;
  addGraph(graphDef: Uint8Array): void;
  tick(): void;
  flush(): void;
  close(): void;
}

/** `nextStep` is the first step that a resumed run will write. */
function openEventFile(folder: string, nextStep: number): EventFile {
  const log = openEventLog(folder);
  const announced = new Set<string>();
  log.append(encodeStart({ wallTime: now(), step: log.isFirst ? 0 : nextStep }));
  return {
    ...log,
    add: (step, values) => log.append(encodeSummaries({ wallTime: now(), step }, values, announced)),
    addGraph: (graphDef) => log.append(encodeGraph({ wallTime: now(), step: 0 }, graphDef)),
  };
}

const now = (): number => Date.now() / 1000;

/** The loss and its parts by their names, with what each number is. */
function lossScalars({ manifest, dataset }: Session, losses: Losses, over: string): SummaryValue[] {
  const { kind } = dataset.train.spec;
  return Object.entries(losses).map(([name, value]) => {
    const part = manifest.losses.find((other) => other.name === name);
    const definition = describeParts(part === undefined ? manifest.losses : [{ ...part, weight: 1 }]);
    const weight = part === undefined || part.weight === 1 ? '' : `, before its weight ${part.weight}`;
    return scalar(name, value, {
      displayName: partName(name),
      description: `${inWordsFor(kind, definition)}${weight}; ${over}`,
    });
  });
}

function histograms(
  group: string,
  tensors: ReadonlyMap<string, NamedTensor>,
  description: string,
): SummaryValue[] {
  return [...tensors].map(([name, { values }]) =>
    histogram(`${group}/${name}`, countBuckets(values), { description }),
  );
}

/** Markdown: the recipe's reasons and the complete recipe. */
function recipePage({ recipe }: Session): string {
  const configuration = `    ${JSON.stringify(recipe, null, 2).replaceAll('\n', '\n    ')}`;
  return `# ${recipe.name}\n\n${recipe.why}\n\n${configuration}\n`;
}
