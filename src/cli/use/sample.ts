import { Command, Option } from 'commander';
import { nodeEngine } from '../../node/engine/index.ts';
import { wholeNumber } from '../arguments.ts';
import { MODEL, requireFree, type UseFlags, useModel, withBatch, withFormat, withOutput } from './frame.ts';
import { IMAGE_FORMATS, IMAGE_OUT, imageDestination, writeImages } from './images-out.ts';

const HELP = `
Examples:
  hourglass sample runs/vae-20261121-153000 --out samples.png
  hourglass sample vae-20261121-153000 --count 10000 --seed 7 --out samples.npy
  hourglass sample stacked-20261121-153000 --out samples/

A model whose code has a prior draws codes from it: a variational model from N(0, I). Codes of other models are drawn from a
Gaussian fitted to the codes of the training images, and the decoded images may not look like the training images.`;

interface SampleFlags extends UseFlags {
  count: number;
  seed: number;
  from?: 'prior' | 'codes';
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
    .option('--sheet', "one PNG with many images, whatever --out's ending");
  withBatch(withFormat(withOutput(command, IMAGE_OUT), IMAGE_FORMATS));
  return command.addHelpText('after', HELP).action(async (given: string, flags: SampleFlags) => {
    const destination = await imageDestination(flags);
    await requireFree(destination);
    const { sample } = await import('../../api.ts');
    const { count, seed, from, batch } = flags;
    await useModel(given, flags, { statistics: from !== 'prior', total: count }, async (use) => {
      const options = from === undefined ? {} : { from };
      const { note, from: source } = await sample(nodeEngine, use.model, 1, seed, options);
      const images = async function* () {
        for (let first = 0; first < count; first += batch) {
          const n = Math.min(batch, count - first);
          const drawn = await sample(nodeEngine, use.model, n, seed, { ...options, first });
          yield { names: Array.from({ length: n }, () => ''), values: drawn.images.data };
        }
      };
      use.note(note);
      const words = { title: 'samples', subtitle: `${note}; seed ${seed}` };
      const written = await writeImages(use, destination, words, images());
      return { ...written, seed, from: source, note };
    });
  });
}
