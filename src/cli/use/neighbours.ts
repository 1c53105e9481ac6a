import { Command, Option } from 'commander';
import type { Destination, Model, Neighbours, OwnImages, Row } from '../../api.ts';
import type { ImageBatch } from '../../data/images/index.ts';
import { HourglassError } from '../../errors.ts';
import { wholeNumber } from '../arguments.ts';
import { findRun } from '../find-run.ts';
import { type ClassFlag, withClass } from './class-flag.ts';
import {
  INPUT_HELP,
  INPUTS,
  type InputFlags,
  imagesFor,
  isLight,
  MODEL,
  named,
  requireFree,
  requireInputs,
  type Use,
  useModel,
  withFormat,
  withInputs,
  withOutput,
} from './frame.ts';

const HELP = `${INPUT_HELP}

Examples:
  hourglass neighbours runs/stacked-20261121-153000 digit.png --out near.csv
  hourglass neighbours my-run mnist-10k:test --limit 10 --references mnist-10k:train -k 8 --out near.png
  hourglass neighbours model/ new/ --references old/ --metric cosine --format jsonl

Finds the nearest references of each image by the distance of their codes. Without --references, these are the training
split of the model's data set. References are streamed; the codes of the given images are held in memory. A picture
shows the first 20 images with their neighbours.`;

interface NeighboursFlags extends InputFlags, ClassFlag {
  references?: string[];
  k: number;
  metric: 'euclidean' | 'cosine';
}

/** Rows of a picture at most. */
const SHOWN = 20;

export function neighboursCommand(): Command {
  const command = new Command('neighbours')
    .description('find the images whose codes are nearest')
    .argument('<model>', MODEL)
    .argument('<inputs...>', INPUTS)
    .option('--references <inputs...>', 'the images to search (default: those the model was trained on)')
    .option('-k <n>', 'how many neighbours', wholeNumber(1), 5)
    .addOption(
      new Option('--metric <metric>', 'distance between codes')
        .choices(['euclidean', 'cosine'])
        .default('euclidean'),
    );
  withClass(command, "the class that all images are encoded as (default: each image's own)");
  withInputs(
    withFormat(withOutput(command, 'a .csv or .jsonl file, or a .png picture'), ['sheet', 'csv', 'jsonl']),
  );
  return command
    .addHelpText('after', HELP)
    .action(async (given: string, inputs: string[], flags: NeighboursFlags) => {
      requireInputs(inputs);
      const { destinationOf, neighbours, told } = await import('../../api.ts');
      const { classesOf } = await import('./told.ts');
      const destination = destinationOf(flags, ['sheet', 'csv', 'jsonl']);
      await requireFree(destination);
      await useModel(given, flags, { statistics: false, unit: 'references' }, async (use) => {
        const { model, count } = use;
        const references = flags.references ?? (await trainingImages(await findRun(given), model, flags));
        const { limit: _, ...all } = flags;
        if (inputs.includes('-') && flags.references?.includes('-')) {
          throw new HourglassError('usage', {
            subject: "'-'",
            rule: 'can be the images or the references, not both',
          });
        }
        const queries = await gather(use, inputs, flags);
        const streamed = async function* () {
          for await (const batch of batchesOf(use, references, all)) {
            yield batch;
            count.add(batch.names.length);
          }
        };
        const as = flags.class === undefined ? model : told(model, { classes: flags.class });
        const found = await neighbours(as, queries.values, streamed(), flags.k, {
          metric: flags.metric,
          ...(as.info.condition === null ? {} : classesOf(queries.classes)),
        });
        const about = { queries: queries.names.length, references: found.references, metric: flags.metric };
        if (destination.format === 'sheet') {
          await draw(use, destination, queries, found, { inputs, references, flags: all });
          return {
            files: [destination.path!],
            what: `a picture of ${Math.min(SHOWN, queries.names.length)} images with their neighbours`,
            notes: [],
            ...about,
          };
        }
        await write(destination, queries.names, found);
        const asked = queries.names.length;
        const what = `${flags.k} neighbours of ${asked === 1 ? 'one image' : `${asked.toLocaleString('en')} images`}`;
        return { files: destination.path === null ? [] : [destination.path], what, notes: [], ...about };
      });
    });
}

/** Inputs that somebody named, or the images that the model was trained on. */
type References = readonly string[] | OwnImages;

const isNamed = (references: References): references is readonly string[] => Array.isArray(references);

async function trainingImages(path: string, { info }: Model, flags: InputFlags): Promise<References> {
  const { ownImages } = await import('../../api.ts');
  const { dataDir, offline } = flags;
  const given = {
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(offline === undefined ? {} : { offline }),
  };
  const own = await ownImages(path, 'train', given);
  if (own !== null) return own;
  const { DATASET_NAMES } = await import('../../data/registry.ts');
  if (DATASET_NAMES.includes(info.dataset)) return [`${info.dataset}:train`];
  throw new HourglassError('usage', {
    subject: '--references',
    rule: 'must be named: the model is apart from its run, which says where its images are',
    got: info.dataset,
    hint: "name images, or give the run's folder instead of the model's",
  });
}

async function* batchesOf(use: Use, references: References, flags: InputFlags): AsyncGenerator<ImageBatch> {
  if (isNamed(references)) {
    yield* imagesFor(use, references, flags);
    return;
  }
  for await (const batch of references.batches) {
    use.count.check();
    yield batch;
  }
}

/** All given images: their codes are compared with every reference. */
async function gather(use: Use, inputs: readonly string[], flags: InputFlags) {
  const { scaled } = await import('../../api.ts');
  const names: string[] = [];
  const classes: (string | null)[] = [];
  const pieces: Float32Array[] = [];
  for await (const batch of imagesFor(use, inputs, flags)) {
    names.push(...batch.names);
    classes.push(...batch.classes);
    pieces.push(scaled(batch.values));
  }
  const values = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    values.set(piece, at);
    at += piece.length;
  }
  return { names, classes, values };
}

async function write(
  { path, format, force, rawCsv }: Destination,
  names: readonly string[],
  found: Neighbours,
) {
  const { openRows } = await import('../../api.ts');
  const rows = await openRows(path, format as 'csv' | 'jsonl', force, rawCsv);
  try {
    for (const [q, query] of names.entries()) {
      const nearest = found.places[q]!.map(
        (place, i): Row => ({
          query,
          rank: i + 1,
          reference: found.names[q]![i] ?? String(place),
          place,
          distance: Number(found.distances[q]![i]!.toPrecision(7)),
        }),
      );
      await rows.write(nearest);
    }
    await rows.finish();
  } catch (error) {
    await rows.abandon();
    throw error;
  }
}

/** Looks up the neighbours' images in a second pass over the references. */
async function draw(
  use: Use,
  { path, force }: Destination,
  queries: { names: readonly string[]; values: Float32Array },
  found: Neighbours,
  from: { inputs: readonly string[]; references: References; flags: InputFlags },
): Promise<void> {
  const { references } = from;
  if (isNamed(references) && references.includes('-')) {
    throw new HourglassError('usage', {
      subject: '--references',
      rule: "cannot be standard input for a picture: they are read twice, and '-' only once",
      hint: 'write .csv or .jsonl',
    });
  }
  const [{ neighbourPicture, scaled }, { writeWhole }] = await Promise.all([
    import('../../api.ts'),
    import('../../store/index.ts'),
  ]);
  const shown = Math.min(SHOWN, queries.names.length);
  const size = queries.values.length / queries.names.length;
  const wanted = new Map<number, Float32Array>();
  for (const places of found.places.slice(0, shown))
    for (const place of places) wanted.set(place, new Float32Array(size));
  let first = 0;
  for await (const { names, values } of batchesOf({ ...use, note: () => {} }, references, from.flags)) {
    for (let i = 0; i < names.length; i++) {
      const place = wanted.get(first + i);
      if (place === undefined) continue;
      place.set(scaled(values.subarray(i * size, (i + 1) * size)));
    }
    first += names.length;
  }
  const rows = found.places.slice(0, shown).map((places, q) => ({
    query: queries.values.subarray(q * size, (q + 1) * size),
    references: places.map((place) => wanted.get(place)!),
  }));
  const { metric } = from.flags as NeighboursFlags;
  const subtitle = `${named(from.inputs)}, nearest among ${found.references.toLocaleString('en')} images of ${isNamed(references) ? named(references) : `${references.dataset}, training split`}, ${metric} distance of codes`;
  const picture = await neighbourPicture(use.model, rows, { subtitle, light: await isLight(use.model) });
  await writeWhole(path!, picture, { force });
}
