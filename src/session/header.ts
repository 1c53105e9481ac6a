/** What is said of a run when it begins, and what of that can be said again from its manifest. */
import { classCounts } from '../data/classes.ts';
import { inPictures } from '../data/tiles.ts';
import { describeCorruption, describeParts, type ImageShape } from '../models/index.ts';
import { modelFor } from '../recipe/fitting.ts';
import { notesOn } from '../recipe/notes.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { modelShape } from '../recipe/shape.ts';
import type { Manifest } from '../record/index.ts';
import { inWordsFor } from '../samples/index.ts';
import { describeEncoding } from '../tables/index.ts';
import type { RunHeader } from './events.ts';
import type { Session } from './state.ts';

export function headerOf({
  files,
  manifest,
  definition,
  recipe,
  dataset,
  splits,
  position,
  beginningNotes,
  deviceNote,
}: Session): RunHeader {
  const header = recordedHeader(files.place, manifest, modelShape(definition, recipe));
  return {
    ...header,
    classes:
      dataset.folder === undefined && dataset.table === undefined
        ? []
        : classCounts(dataset.classes, inPictures(splits)),
    notes: [
      ...header.notes,
      ...beginningNotes.map((note) => inWordsFor(header.dataset.samples, note, [dataset.name])),
      ...(dataset.folder?.notes ?? dataset.table?.notes ?? []),
      ...(deviceNote === null ? [] : [deviceNote]),
    ],
    epochsBefore: position.epoch,
  };
}

/**
 * The header of a run that is not in memory. The notes on its images are not recorded.
 * @param shape by default computed.
 */
export function recordedHeader(place: string, manifest: Manifest, shape?: string): RunHeader {
  const recipe = parseRecipe(manifest.config);
  const { training } = recipe;
  const { name, source, splits, counts, table } = manifest.dataset;
  const samples = manifest.dataset.rows ? 'row' : 'image';
  const layout = table === null ? manifest.dataset.layout : describeEncoding(table);
  return {
    folder: place,
    name: manifest.name,
    recipe: recipe.name,
    dataset: { name, source, splits, layout, samples },
    classes: [],
    counts,
    parameters: manifest.parameters,
    shape: shape ?? modelShape(modelFor(recipe, manifest.dataset as ImageShape), recipe),
    loss: manifest.losses.map((part) => inWordsFor(samples, describeParts([part]))),
    notes: notesOn(recipe),
    corruption: recipe.corruption.type === 'none' ? null : describeCorruption(recipe.corruption),
    optimiser: `${training.optimiser.type}, learning rate ${training.optimiser.learningRate}`,
    epochs: training.epochs,
    batchSize: training.batchSize,
    seed: manifest.seed,
    threads: manifest.threads,
    device: manifest.device,
    epochsBefore: 0,
  };
}
