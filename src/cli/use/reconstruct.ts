import { Command } from 'commander';
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
  withResume,
} from './frame.ts';
import { IMAGE_FORMATS, IMAGE_OUT, imageDestination, writeImagesThrough } from './images-out.ts';
import { openWork } from './resuming.ts';
import { encodingOf, reconstructRows } from './rows.ts';

const HELP = `${INPUT_HELP}

Examples:
  hourglass reconstruct runs/stacked-20261121-153000 mnist-10k:test --limit 50 --out sheet.png
  hourglass reconstruct my-run photos/ --out reconstructions/
  hourglass reconstruct my-run images.npy --out reconstructions.npy

A contact sheet shows each of the first 100 images above its reconstruction. --resume continues where an earlier command
stopped.`;

export function reconstructCommand(): Command {
  const command = new Command('reconstruct')
    .description('run images through the model and back')
    .argument('<model>', MODEL)
    .argument('<inputs...>', INPUTS)
    .option('--sheet', "one PNG with many images, whatever --out's ending");
  withResume(withInputs(withFormat(withOutput(command, IMAGE_OUT), IMAGE_FORMATS)));
  return command
    .addHelpText('after', HELP)
    .action(async (given: string, inputs: string[], flags: InputFlags) => {
      requireInputs(inputs);
      const destination = await imageDestination(flags);
      await requireFree(destination);
      await useModel(given, flags, { statistics: false }, async (use) => {
        const { model } = use;
        const encoding = await encodingOf(model);
        const work = await openWork(use, destination, inputs, flags, { name: 'reconstruct', settings: {} });
        if (encoding !== null) return reconstructRows(use, encoding, inputs, flags, destination, work);
        const images = async function* () {
          const before = work?.progress ?? undefined;
          for await (const { names, classes, values, read } of imagesFor(use, inputs, flags, before)) {
            yield { names, classes, values: (await model.reconstruct(values)).data, inputs: values, read };
          }
        };
        const words = {
          title: 'reconstructions',
          subtitle: `${named(inputs)}; each image above its reconstruction`,
        };
        return writeImagesThrough(use, destination, words, { work, resume: flags.resume }, images());
      });
    });
}
