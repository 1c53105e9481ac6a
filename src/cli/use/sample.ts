import { Command, Option } from 'commander';
import type { SamplerName } from '../../api.ts';
import { SAMPLERS } from '../../choices.ts';
import { HourglassError } from '../../errors.ts';
import { nodeEngine } from '../../node/engine/index.ts';
import { wholeNumber } from '../arguments.ts';
import { type ClassFlag, withClass } from './class-flag.ts';
import { MODEL, requireFree, type UseFlags, useModel, withBatch, withFormat, withOutput } from './frame.ts';
import { IMAGE_FORMATS, IMAGE_OUT, imageDestination, writeImages } from './images-out.ts';

const HELP = `
Examples:
  hourglass sample runs/vae-20261121-153000 --out samples.png
  hourglass sample vae-20261121-153000 --count 10000 --seed 7 --out samples.npy
  hourglass sample stacked-20261121-153000 --out samples/
  hourglass sample stacked-20261121-153000 --prior mixture --out better.png
  hourglass sample vq-20261121-153000 --prior autoregressive --out digits.png

A model whose code has a prior draws codes from it: a variational model from N(0, I). Codes of other models are drawn from a
Gaussian fitted to the codes of the training images, and the decoded images may not look like the training images.

--prior mixture draws from a mixture of Gaussians that is fitted to the codes of the run's training images, once: it is kept in the
run's model/samplers.json, and export copies it. --components sets how many; by default the number with the least BIC.
--prior autoregressive, for quantised models (vq, fsq), draws the whole numbers of a code one after the other, each given those
before it, by a small network that is fitted once in the same way and kept in the run's model/autoregressive.onnx. Once it is there,
it is what such a model is drawn from.
--prior flow bends that mixture with a normalising flow, for as long as codes held out of its fit gain by it.
--prior second-stage fits a second variational autoencoder to the codes and draws from it. It says how well that one knows codes that
were held out, next to one Gaussian.
--prior normal draws from N(0, I), whatever the codes are.`;

interface SampleFlags extends UseFlags, ClassFlag {
  count: number;
  seed: number;
  from?: 'prior' | 'codes';
  prior?: 'normal' | SamplerName;
  components?: number;
  steps?: number;
  refit?: boolean;
}

export function sampleCommand(): Command {
  const command = new Command('sample')
    .description('draw codes and decode them: new images')
    .argument('<model>', MODEL)
    .option('--count <n>', 'how many samples', wholeNumber(1), 100)
    .option('--seed <n>', 'the same seed gives the same samples', wholeNumber(0), 1)
    .addOption(
      new Option(
        '--from <what>',
        'draw from the prior, or from a Gaussian fitted to the training codes',
      ).choices(['prior', 'codes']),
    )
    .addOption(
      new Option(
        '--prior <what>',
        "draw from N(0, I), or from what is fitted to the run's codes after the training",
      ).choices(['normal', ...SAMPLERS]),
    )
    .option('--components <n>', 'for --prior mixture: fit it again, with so many Gaussians', wholeNumber(1))
    .option(
      '--steps <n>',
      'for --prior second-stage or autoregressive: fit it again, in so many steps (default: 2500, 3000)',
      wholeNumber(1),
    )
    .option('--refit', 'for --prior mixture, flow, second-stage or autoregressive: fit it again')
    .option('--sheet', "one PNG with many images, whatever --out's ending");
  withClass(command, 'the class to draw (default: as many of each class, one class after the other)');
  withBatch(withFormat(withOutput(command, IMAGE_OUT), IMAGE_FORMATS));
  return command.addHelpText('after', HELP).action(async (given: string, flags: SampleFlags) => {
    requireTogether(flags);
    const destination = await imageDestination(flags);
    await requireFree(destination);
    const { classesInTurn, knownClasses, sample } = await import('../../api.ts');
    const { classesOf } = await import('./told.ts');
    const { count, seed, batch, prior, components, steps, refit } = flags;
    const from = prior ?? flags.from;
    const kind = prior === undefined || prior === 'normal' ? null : prior;
    const needs = {
      statistics: from === undefined || from === 'codes',
      total: count,
      ...(kind === null
        ? {}
        : {
            sampler: {
              kind,
              ...(components === undefined ? {} : { components }),
              ...(steps === undefined ? {} : { steps }),
              ...(refit === undefined ? {} : { refit }),
            },
          }),
    };
    await useModel(given, flags, needs, async (use) => {
      const options = from === undefined ? {} : { from };
      const { condition } = use.model.info;
      const all: readonly (string | null)[] =
        flags.class !== undefined || condition === null
          ? Array(count).fill(flags.class ?? null)
          : classesInTurn(use.model.info, count);
      const first = all.slice(0, 1);
      const about = await sample(nodeEngine, use.model, 1, seed, { ...options, ...classesOf(first) });
      const { from: source } = about;
      const note = `${about.note}${classNote(knownClasses(use.model.info), flags)}`;
      const images = async function* () {
        for (let first = 0; first < count; first += batch) {
          const n = Math.min(batch, count - first);
          const classes = all.slice(first, first + n);
          const drawn = await sample(nodeEngine, use.model, n, seed, {
            ...options,
            first,
            ...classesOf(classes),
          });
          const named = condition === null ? {} : { classes };
          yield { names: Array.from({ length: n }, () => ''), ...named, values: drawn.images.data };
        }
      };
      use.note(note);
      const words = { title: 'samples', subtitle: `${note}; seed ${seed}` };
      const written = await writeImages(use, destination, words, images());
      return { ...written, seed, from: source, note };
    });
  });
}

const classNote = (known: readonly string[], flags: SampleFlags): string =>
  known.length === 0
    ? ''
    : flags.class === undefined
      ? `, decoded as each class: ${known.join(', ')}`
      : `, decoded as class ${flags.class}`;

/** @throws HourglassError for flags that say two things, or nothing. */
function requireTogether({ from, prior, components, steps, refit }: SampleFlags): void {
  const refuse = (subject: string, rule: string) => new HourglassError('usage', { subject, rule });
  if (from !== undefined && prior !== undefined)
    throw refuse('--from and --prior', 'both say what codes are drawn from: give one of them');
  if (components !== undefined && prior !== 'mixture')
    throw refuse('--components', 'is for --prior mixture, which was not given');
  if (steps !== undefined && prior !== 'autoregressive' && prior !== 'second-stage')
    throw refuse('--steps', 'is for --prior second-stage or autoregressive, which was not given');
  if (refit && (prior === undefined || prior === 'normal'))
    throw refuse('--refit', `is for --prior ${SAMPLERS.join(' or ')}, which was not given`);
}
