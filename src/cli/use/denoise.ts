import { Command } from 'commander';
import { nodeEngine } from '../../node/engine/index.ts';
import { wholeNumber } from '../arguments.ts';
import { type ClassFlag, withClass } from './class-flag.ts';
import {
  INPUT_HELP,
  INPUTS,
  type InputFlags,
  imagesFor,
  MODEL,
  named,
  requireFree,
  requireInputs,
  useModel,
  withFormat,
  withInputs,
  withOutput,
} from './frame.ts';
import { IMAGE_FORMATS, IMAGE_OUT, imageDestination, writeImages } from './images-out.ts';

const HELP = `${INPUT_HELP}

Examples:
  hourglass denoise runs/denoising-20261121-153000 scans/ --out clean/
  hourglass denoise denoising-20261121-153000 mnist-10k:test --limit 50 --add-noise --out sheet.png

The model must have been trained with a corruption; other models reconstruct the noise, too (use 'hourglass
reconstruct' for them). Images are used as they are: noise is added only with --add-noise.`;

interface DenoiseFlags extends InputFlags, ClassFlag {
  addNoise?: boolean;
  seed: number;
}

export function denoiseCommand(): Command {
  const command = new Command('denoise')
    .description('remove noise from images')
    .argument('<model>', MODEL)
    .argument('<inputs...>', INPUTS)
    .option('--add-noise', "add the training's own noise first, to see how it is removed")
    .option('--seed <n>', 'the seed of that noise', wholeNumber(0), 1)
    .option('--sheet', "one PNG with many images, whatever --out's ending");
  withClass(command, "the class of all images (default: each image's own)");
  withInputs(withFormat(withOutput(command, IMAGE_OUT), IMAGE_FORMATS));
  return command
    .addHelpText('after', HELP)
    .action(async (given: string, inputs: string[], flags: DenoiseFlags) => {
      requireInputs(inputs);
      const destination = await imageDestination(flags);
      await requireFree(destination);
      const { addNoise, denoise, requireDenoiser } = await import('../../api.ts');
      await useModel(given, flags, { statistics: false }, async (use) => {
        const { model } = use;
        const { toldBatch } = await import('./told.ts');
        // Before any file is written.
        requireDenoiser(model);
        const images = async function* () {
          let firstRow = 0;
          for await (const { names, classes, values } of imagesFor(use, inputs, flags)) {
            const seen = flags.addNoise
              ? (await addNoise(nodeEngine, model, values, { seed: flags.seed, firstRow })).data
              : values;
            firstRow += names.length;
            yield {
              names,
              classes,
              values: (await denoise(toldBatch(model, flags, classes), seen)).data,
              inputs: seen,
            };
          }
        };
        const noise = flags.addNoise ? `with the training's noise, seed ${flags.seed}` : 'as they are';
        const words = {
          title: 'noise removed',
          subtitle: `${named(inputs)}, ${noise}; each above the model's output`,
        };
        return writeImages(use, destination, words, images());
      });
    });
}
