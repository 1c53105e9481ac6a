import { Command, Option } from 'commander';
import type { Batch } from '../../api.ts';
import { HourglassError } from '../../errors.ts';
import { wholeNumber } from '../arguments.ts';
import { type ClassFlag, withClass } from './class-flag.ts';
import { codesIn } from './codes-in.ts';
import {
  INPUT_HELP,
  INPUTS,
  type InputFlags,
  imagesFor,
  isLight,
  MODEL,
  named,
  requireFree,
  type Use,
  useModel,
  withFormat,
  withInputs,
  withOutput,
  writeAll,
} from './frame.ts';
import { IMAGE_FORMATS, IMAGE_OUT, imageDestination } from './images-out.ts';

const HELP = `${INPUT_HELP}

Examples:
  hourglass interpolate runs/stacked-20261121-153000 a.png b.png --out walk.png
  hourglass interpolate vae-20261121-153000 mnist-10k:test --limit 9 --method spherical --out walks.png
  hourglass interpolate vae-20261121-153000 --codes ends.csv --steps 30 --out walk/

Walks from each image (or code) to the next one, both ends included, in equal steps of the code. A sheet has a row for
each of the first 40 walks, with the given images before and after the steps; each row continues in the next.`;

interface InterpolateFlags extends InputFlags, ClassFlag {
  codes?: string;
  steps: number;
  method: 'linear' | 'spherical';
}

export function interpolateCommand(): Command {
  const command = new Command('interpolate')
    .description('walk from one image to the next through the code')
    .argument('<model>', MODEL)
    .argument('[inputs...]', INPUTS)
    .option('--codes <file>', 'walk between the codes of an NPY or CSV file instead of images')
    .option('--steps <n>', 'images per walk, both ends included', wholeNumber(2), 10)
    .addOption(
      new Option(
        '--method <method>',
        'straight through the code, or along a great circle (for Gaussian codes)',
      )
        .choices(['linear', 'spherical'])
        .default('linear'),
    )
    .option('--sheet', "one PNG with many images, whatever --out's ending");
  withClass(command, 'the class of all steps (default: that of the nearer image)');
  withInputs(withFormat(withOutput(command, IMAGE_OUT), IMAGE_FORMATS));
  return command
    .addHelpText('after', HELP)
    .action(async (given: string, inputs: string[], flags: InterpolateFlags) => {
      if ((inputs.length === 0) === (flags.codes === undefined)) {
        throw new HourglassError('usage', {
          subject: 'interpolate',
          rule: 'needs images to walk between, or --codes, and not both',
        });
      }
      const destination = await imageDestination(flags);
      await requireFree(destination);
      const { openSink } = await import('../../api.ts');
      await useModel(given, flags, { statistics: false }, async (use) => {
        const { channels, height, width } = use.model.info.image;
        const from = flags.codes === undefined ? inputs : [flags.codes];
        const sink = await openSink(destination, {
          shape: [channels, height, width],
          kind: 'images',
          title: `${use.model.info.recipe}: walks through the code`,
          subtitle: `${named(from)}; ${flags.method} in ${flags.steps} steps, from each to the next`,
          light: await isLight(use.model),
          sheet: 'walks',
        });
        return writeAll(sink, use, walks(use, inputs, flags));
      });
    });
}

interface End {
  name: string;
  code: Float32Array;
  /** null for a code that was given as such. */
  image: Uint8Array | Float32Array | null;
  /** null for a code, and an image without one. */
  class: string | null;
}

async function* walks(use: Use, inputs: string[], flags: InterpolateFlags): AsyncGenerator<Batch> {
  const { interpolate } = await import('../../api.ts');
  const { toldBatch } = await import('./told.ts');
  const { model } = use;
  const units = model.info.codeUnits;
  const { steps, method } = flags;
  let last: End | null = null;
  let walked = 0;
  for await (const { names, codes, values, classes } of ends(use, inputs, flags)) {
    const size = (values?.length ?? 0) / names.length;
    // One walk at a time: there may be many steps.
    for (const [i, name] of names.entries()) {
      const code = codes.slice(i * units, (i + 1) * units);
      const image = values?.slice(i * size, (i + 1) * size) ?? null;
      if (last !== null) {
        const { images } = await interpolate(
          toldBatch(model, flags, stepClasses(last.class, classes[i] ?? null, steps)),
          last.code,
          code,
          steps,
          { method },
        );
        const about = `${last.name} to ${name}`;
        yield {
          names: Array.from({ length: steps }, (_, step) => `${about}, step ${step + 1}`),
          values: images.data,
          ...(last.image && image ? { ends: { from: last.image, to: image } } : {}),
        };
        walked++;
      }
      last = { name, code, image, class: classes[i] ?? null };
    }
  }
  if (walked > 0) return;
  throw new HourglassError('usage', {
    subject: 'interpolate',
    rule: 'needs at least two images or codes',
    got: 1,
  });
}

/** The class of each step: that of the nearer end. */
const stepClasses = (from: string | null, to: string | null, steps: number): (string | null)[] =>
  Array.from({ length: steps }, (_, step) => (step < steps / 2 ? from : to));

async function* ends(use: Use, inputs: string[], flags: InterpolateFlags) {
  const { classesOf, toldBatch } = await import('./told.ts');
  const { model } = use;
  if (flags.codes === undefined) {
    for await (const { names, values, classes } of imagesFor(use, inputs, flags)) {
      const known = classesOf(classes).classes === undefined ? flags : {};
      const own = toldBatch(model, known, classes);
      yield { names, classes, codes: (await own.encode(values)).data, values };
    }
    return;
  }
  const options = { ...flags, signal: use.count.signal };
  let left = flags.limit ?? Number.POSITIVE_INFINITY;
  for await (const { names, codes } of codesIn(model, flags.codes, options)) {
    yield { names: names.slice(0, left), classes: [], codes, values: null };
    left -= names.length;
    if (left <= 0) return;
  }
}
