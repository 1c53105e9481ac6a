/** The end of a session: the model's files, its figures on the test split, its pictures. */
import { join } from 'node:path';
import type { Dataset } from '../data/dataset.ts';
import { SHIPPED, shippedModels, type Weights } from '../models/index.ts';
import { encodeTensors, readBestWeights, type StoredTensors, writeWhole } from '../store/index.ts';
import { initialWeights } from '../training/index.ts';
import { evaluateModel } from './evaluate.ts';
import type { FinishedRun } from './events.ts';
import { MODEL_FOLDER, type Model, openModel } from './model.ts';
import { drawPictures, pickExamples } from './pictures.ts';
import { imageOf, lossText, now, type Session, update } from './state.ts';
import { summaryPage } from './summary.ts';

/** Writes the model, judges it on the test split and draws its pictures. */
export async function finish(session: Session, stoppedEarly: boolean): Promise<FinishedRun> {
  const { folder, recipe, dataset, splits, trainer, position, rows, manifest } = session;
  const best = recipe.training.keep === 'best' ? await readBestWeights(folder) : null;
  const weights: StoredTensors = best?.weights ?? trainer.weights();
  const keptEpoch = best?.epoch ?? position.epoch;
  const files = shipped(session, weights, keptEpoch);
  for (const name of SHIPPED) await writeWhole(join(folder, MODEL_FOLDER, `${name}.onnx`), files[name]);
  await writeWhole(join(folder, MODEL_FOLDER, 'weights.safetensors'), encodeTensors(weights, {}));

  const model = await openModel(files, folder, manifest.threads);
  const first = initialWeights(session.definition, recipe, manifest.seed);
  const untrained = await openModel(shipped(session, first, 0), folder, manifest.threads);
  try {
    const evaluation = await evaluateModel({
      model,
      dataset,
      train: splits.train,
      held: splits.test,
      split: 'test',
      threads: manifest.threads,
    });
    await writeWhole(
      join(folder, 'results.json'),
      `${JSON.stringify({ keptEpoch, ...evaluation }, null, 2)}\n`,
    );
    const pictures = await drawPictures({
      run: folder,
      recipe: recipe.name,
      dataset,
      model,
      untrained,
      metrics: rows,
      loss: { definition: lossText(manifest), unit: manifest.losses.map(({ unit }) => unit).join(' + ') },
      validatesOnTest: recipe.data.validation === 'test',
      keptEpoch,
    });
    const page = {
      manifest,
      recipe,
      metrics: rows,
      evaluation,
      keptEpoch,
      trainingSeconds: position.seconds,
    };
    await writeWhole(join(folder, 'summary.md'), summaryPage(page));
    const note = stoppedEarly ? `early stopping after epoch ${position.epoch}` : null;
    await update(session, { status: 'finished', note, endedAt: now() });
    return {
      folder,
      evaluation,
      keptEpoch,
      epochs: position.epoch,
      stoppedEarly,
      trainingSeconds: position.seconds,
      pictures,
      examples: await examples(dataset, model),
    };
  } finally {
    await model.dispose();
    await untrained.dispose();
  }
}

async function examples(dataset: Dataset, model: Model): Promise<FinishedRun['examples']> {
  const { images, captions } = pickExamples(dataset, dataset.test);
  const { data } = await model.reconstruct(images);
  return { height: dataset.height, width: dataset.width, captions, inputs: images, reconstructions: data };
}

/** The shipped models' bytes with these weights. */
function shipped({ manifest, recipe, definition, dataset }: Session, weights: StoredTensors, epoch: number) {
  const plain: Weights = new Map([...weights].map(([name, { values }]) => [name, values]));
  return shippedModels(definition, imageOf(dataset), plain, {
    family: recipe.model.family,
    recipe: recipe.name,
    configuration: JSON.stringify(recipe),
    dataset: manifest.dataset.name,
    scaling: 'bytes / 255',
    epoch: String(epoch),
    hourglass: manifest.versions.hourglass,
  });
}
