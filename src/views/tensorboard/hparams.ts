/** The settings and figures by which runs are compared, the same list for every run: TensorBoard takes it from any one. */
import {
  type Hparam,
  type HparamValue,
  hparamsExperiment,
  hparamsStart,
  type Metric,
  type SummaryValue,
} from '../../codecs/tensorboard/index.ts';
import { describeCorruption, describeLayers } from '../../models/index.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import type { Manifest } from '../../record/index.ts';
import { partName } from '../part-names.ts';

/** The run's settings by name. None is ever missing, or of another type in another run. */
export function hparamValues(recipe: Recipe, manifest: Manifest): Record<string, HparamValue> {
  const { model, loss, training, corruption, penalties } = recipe;
  const given = Object.entries(penalties).flatMap(([name, value]) => (value === null ? [] : [name]));
  return {
    recipe: recipe.name,
    dataset: manifest.dataset.name,
    corruption: corruption.type === 'none' ? 'none' : describeCorruption(corruption),
    encoder: describeLayers(model.encoder).join('-'),
    code: model.code.type,
    decoder: describeLayers(model.decoder).join('-'),
    parameters: manifest.parameters,
    loss: loss.type,
    reduction: loss.reduction,
    penalties: given.join(', ') || 'none',
    epochs: training.epochs,
    batchSize: training.batchSize,
    optimiser: training.optimiser.type,
    learningRate: training.optimiser.learningRate,
    schedule: training.schedule.type,
    keep: training.keep,
    seed: manifest.seed,
  };
}

/** The two that are written once a run, at its beginning. */
export function hparamSummaries(recipe: Recipe, manifest: Manifest): SummaryValue[] {
  const values = hparamValues(recipe, manifest);
  const hparams = Object.entries(values).map(
    ([name, value]): Hparam => ({ name, type: typeof value as Hparam['type'] }),
  );
  const tags = ['loss', ...manifest.losses.map(({ name }) => name)];
  const metrics = tags.flatMap((tag) =>
    (['validation', 'training'] as const).map(
      (group): Metric => ({ tag, group, dataset: group, displayName: `${partName(tag)}, ${group}` }),
    ),
  );
  const started = Date.parse(manifest.startedAt) / 1000;
  return [hparamsExperiment({ created: started, hparams, metrics }), hparamsStart(values, { started })];
}
