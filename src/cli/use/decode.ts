import { Command } from 'commander';
import { wholeNumber } from '../arguments.ts';
import { type ClassFlag, withClass } from './class-flag.ts';
import { codesIn } from './codes-in.ts';
import {
  MODEL,
  named,
  requireFree,
  type UseFlags,
  useModel,
  withBatch,
  withFormat,
  withOutput,
} from './frame.ts';
import { IMAGE_FORMATS, IMAGE_OUT, imageDestination, writeImages } from './images-out.ts';

const HELP = `
Examples:
  hourglass decode runs/vae-20261121-153000 codes.npy --out images/
  hourglass decode vae-20261121-153000 codes.csv --out sheet.png
  echo '0.5,-1.2' | hourglass decode vae-20261121-153000 - --out one.png

Codes are what 'hourglass encode' writes: an NPY file, float32 or float64 [n, units]; a CSV file with the columns z1, z2, … or without
a heading; JSON lines or Parquet with the list code. JSON lines of sparse codes have the lists units and values. Codes of quantised
models (vq, fsq) may be whole numbers: an NPY file of integers, a CSV file with the columns i1, i2, …, or the list integers.`;

export function decodeCommand(): Command {
  const command = new Command('decode')
    .description('codes to images')
    .argument('<model>', MODEL)
    .argument('<codes>', "an NPY, CSV, JSON lines or Parquet file, or '-' for standard input")
    .option('--limit <n>', 'use only the first n codes', wholeNumber(1))
    .option('--sheet', "one PNG with many images, whatever --out's ending");
  withClass(command, 'the class to decode as');
  withBatch(withFormat(withOutput(command, IMAGE_OUT), IMAGE_FORMATS));
  return command
    .addHelpText('after', HELP)
    .action(async (given: string, codes: string, flags: UseFlags & ClassFlag & { limit?: number }) => {
      const destination = await imageDestination(flags);
      await requireFree(destination);
      await useModel(given, flags, { statistics: false, unit: 'codes' }, async (use) => {
        const { toldBatch } = await import('./told.ts');
        const model = toldBatch(use.model, flags);
        const units = model.info.codeUnits;
        const images = async function* () {
          const options = { ...flags, signal: use.count.signal };
          let left = flags.limit ?? Number.POSITIVE_INFINITY;
          for await (const { names, codes: some } of codesIn(model, codes, options)) {
            const n = Math.min(left, names.length);
            yield { names: names.slice(0, n), values: (await model.decode(some.slice(0, n * units))).data };
            left -= n;
            if (left === 0) return;
          }
        };
        const words = { title: 'decoded codes', subtitle: named([codes]) };
        return writeImages(use, destination, words, images());
      });
    });
}
