import { Command } from 'commander';
import type { Quantised, Sink, Values } from '../../api.ts';
import { HourglassError } from '../../errors.ts';
import { refuseStoreAlone, shardsByQueue, withQueue } from './by-queue.ts';
import { type ClassFlag, withClass } from './class-flag.ts';
import { type DrawFlags, drawing, inImages, repeated, requireSamples, withDraws } from './draws.ts';
import {
  INPUT_HELP,
  INPUTS,
  type InputFlags,
  imagesFor,
  MODEL,
  requireFree,
  requireInputs,
  type Use,
  useModel,
  withFormat,
  withInputs,
  withOutput,
  withResume,
} from './frame.ts';
import { openWork, writeThrough } from './resuming.ts';
import { encodingOf, rowsFor } from './rows.ts';

const FORMATS = ['npy', 'npz', 'parquet', 'csv', 'jsonl'] as const;
/** Formats of codes as they are, and of units that are not 0. */
const DENSE = ['npy', 'parquet', 'csv', 'jsonl'] as const;
const SPARSE = ['npz', 'parquet', 'jsonl'] as const;

const HELP = `${INPUT_HELP}

Examples:
  hourglass encode runs/stacked-20261121-153000 mnist-10k:test --out codes.npy
  hourglass encode vae-20261121-153000 photos/ --out codes.csv --on-bad skip
  hourglass encode vae-20261121-153000 mnist-10k:test --posterior --out posteriors.npy
  hourglass encode my-run shards/ --out codes.parquet --resume
  hourglass encode topk-20261121-153000 activations/ --sparse --out codes.npz
  cat digit.png | hourglass encode model/ - --format jsonl

The code of a variational model is its mean μ. The code of a quantised model (vq, fsq) is written as whole numbers, which decode takes
back: the number of the codebook's vector at each position, or the level of each unit; in CSV i1, i2, … and in the others integers.
--vectors writes the vectors instead. CSV has the columns name, class, z1, z2, …; 'hourglass decode' reads it. Parquet
has the columns name, class and code, a list of floats. --posterior writes the mean and log σ² of each image: NPY as
[n, 2, units], the others as mean and logVariance. --sparse writes of each code the units that are not 0, counted from 0: JSON lines and
Parquet have the lists units and values, and NPZ is what scipy.sparse.load_npz reads, [n, units] in compressed sparse rows. --samples draws codes z = μ + σ ε, named after their image and a number. --resume
continues where an earlier command stopped.`;

interface EncodeFlags extends InputFlags, DrawFlags, ClassFlag {
  posterior?: boolean;
  vectors?: boolean;
  sparse?: boolean;
}

export function encodeCommand(): Command {
  const command = new Command('encode')
    .description('images or rows of a table to codes')
    .argument('<model>', MODEL)
    .argument('<inputs...>', INPUTS)
    .option('--posterior', 'for variational models: the mean and log σ² of each code')
    .option('--vectors', 'for quantised models: vectors, not whole numbers')
    .option('--sparse', 'for codes that are mostly 0: only the units that are not, with their values');
  withClass(command, "the class that all images are encoded as (default: each image's own)");
  withDraws(command, 'draw so many codes for each image from its posterior');
  withQueue(
    withResume(withInputs(withFormat(withOutput(command, 'a .npy, .parquet, .csv or .jsonl file'), FORMATS))),
  );
  return command
    .addHelpText('after', HELP)
    .action(async (given: string, inputs: string[], flags: EncodeFlags) => {
      requireInputs(inputs);
      requireOne(flags);
      const formats = flags.sparse ? SPARSE : DENSE;
      if (flags.queue !== undefined) return shardsByQueue('encode', given, inputs, flags, formats);
      refuseStoreAlone(flags);
      const { destinationOf, openSink } = await import('../../api.ts');
      const destination = destinationOf(flags, formats);
      await requireFree(destination);
      await useModel(given, flags, { statistics: false }, async (use) => {
        const units = use.model.info.codeUnits;
        const { posterior = false, samples, seed } = flags;
        const quantised = integersFor(use, flags);
        const shape = flags.sparse
          ? { shape: [units], kind: 'sparse' as const }
          : shapeOf(quantised, posterior, units);
        const about = { ...shape, title: '', subtitle: '', light: false };
        const settings = {
          ...(posterior ? { posterior } : {}),
          ...(quantised === null ? {} : { as: 'whole numbers' }),
          ...(flags.sparse ? { as: 'units that are not 0' } : {}),
          ...(samples === undefined ? {} : { samples, seed: seed ?? 1 }),
          ...(flags.class === undefined ? {} : { class: flags.class }),
        };
        const work = await openWork(use, destination, inputs, flags, { name: 'encode', settings });
        const codes = batches(use, inputs, { ...flags, quantised }, work?.progress ?? undefined);
        const written = await writeThrough(
          use,
          work,
          codes,
          (): Promise<Sink<Values>> => openSink(destination, about, work),
          flags.resume,
        );
        if (quantised !== null) use.note(bitsText(quantised));
        return written;
      });
    });
}

/** What codes are as whole numbers, if they are to be written so. */
function integersFor({ model }: Use, { posterior, samples, vectors, sparse }: EncodeFlags): Quantised | null {
  const { quantised, info } = model;
  if (quantised !== undefined)
    return vectors || sparse || posterior || samples !== undefined ? null : quantised;
  if (!vectors) return null;
  throw new HourglassError('usage', {
    subject: '--vectors',
    rule: `is for quantised models: the codes of ${info.recipe} are no whole numbers`,
    hint: 'leave it out',
  });
}

const shapeOf = (quantised: Quantised | null, posterior: boolean, units: number) =>
  quantised !== null
    ? {
        shape: quantised.shape,
        kind: 'integers' as const,
        type: quantised.count <= 256 ? ('u1' as const) : ('u2' as const),
      }
    : posterior
      ? { shape: [2, units], kind: 'posteriors' as const }
      : { shape: [units], kind: 'codes' as const };

/** For example "16 whole numbers from 0 to 255 are 128 bits an image". */
function bitsText({ shape, count, bitsPerCode }: Quantised): string {
  const bits = Number(bitsPerCode.toFixed(1)).toLocaleString('en');
  return `${shape.join(' × ')} whole numbers from 0 to ${count - 1}: ${bits} bits a code`;
}

/** @throws HourglassError for flags that exclude each other. */
function requireOne(flags: EncodeFlags): void {
  requireSamples(flags);
  if (flags.sparse && (flags.posterior || flags.samples !== undefined)) {
    throw new HourglassError('usage', {
      subject: '--sparse',
      rule: 'writes the units of codes that are not 0: it does not go with --posterior or --samples',
    });
  }
  if (!flags.posterior || flags.samples === undefined) return;
  throw new HourglassError('usage', {
    subject: '--posterior',
    rule: 'writes the distributions of codes, and --samples codes drawn from them: give one of them',
  });
}

/** Codes of images or rows; the means and log-variances; or codes drawn. */
async function* batches(
  use: Use,
  inputs: readonly string[],
  flags: EncodeFlags & { quantised: Quantised | null },
  progress: Parameters<typeof inImages>[0],
) {
  const { encodeIntegers, sideBySide } = await import('../../api.ts');
  const { toldBatch } = await import('./told.ts');
  const { model } = use;
  const { samples = 1 } = flags;
  const before = inImages(progress, samples);
  const encoding = await encodingOf(model);
  const given =
    encoding === null ? imagesFor(use, inputs, flags, before) : rowsFor(use, encoding, inputs, flags, before);
  const draw = drawing(model, flags, progress);
  for await (const { values, ...batch } of given) {
    const own = toldBatch(model, flags, batch.classes);
    if (flags.samples !== undefined) yield { ...repeated(batch, samples), values: await draw(values, own) };
    else if (flags.posterior) yield { ...batch, values: sideBySide(await own.posterior(values)) };
    else if (flags.quantised !== null) yield { ...batch, values: (await encodeIntegers(own, values)).data };
    else yield { ...batch, values: (await own.encode(values)).data };
  }
}
