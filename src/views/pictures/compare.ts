/** Several runs in the same pictures: their losses, and their reconstructions of the same images in rows. */
import type { SampleSet } from '../../data/dataset.ts';
import { HourglassError } from '../../errors.ts';
import { toldOwn } from '../../model/index.ts';
import type { Model } from '../../model/model.ts';
import { imageRows } from '../../render/index.ts';
import { comparedLosses, type RunLosses } from './compared-losses.ts';
import { exampleWords, kindOf, type Picture, pickExamples } from './input.ts';

/** One of the runs that are compared. */
export interface ComparedRun extends RunLosses {
  model: Model;
}

export async function comparisonPictures(
  runs: readonly ComparedRun[],
  dataset: SampleSet,
): Promise<Picture[]> {
  return [...(await comparedLosses(runs)), await reconstructionPicture(runs, dataset)];
}

async function reconstructionPicture(runs: readonly ComparedRun[], dataset: SampleSet): Promise<Picture> {
  const { images, captions, labels } = await pickExamples(dataset, dataset.test);
  const rows = [{ label: 'input', images }];
  for (const { name, model } of runs) {
    const { height, width, channels } = model.info.image;
    const { height: high, width: wide, channels: deep } = dataset;
    if (height !== high || width !== wide || channels !== deep) {
      throw new HourglassError('usage', {
        subject: name,
        rule: `must have images of ${high}×${wide}×${deep}, as the other runs are`,
        got: `${height}×${width}×${channels}`,
      });
    }
    rows.push({ label: name, images: (await toldOwn(model, labels).reconstruct(images)).data });
  }
  const svg = imageRows({
    title: `${runs.length} runs, the same images`,
    subtitle: `${dataset.name}, test split, ${exampleWords(dataset, dataset.test)}`,
    rows,
    columns: captions,
    ...kindOf(dataset),
  });
  return { name: 'reconstructions', svg };
}
