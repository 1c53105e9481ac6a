import { Command } from 'commander';
import { refuseStoreAlone, shardsByQueue, withQueue } from './by-queue.ts';
import { type ClassFlag, withClass } from './class-flag.ts';
import { type DrawFlags, drawing, inImages, repeated, requireSamples, withDraws } from './draws.ts';
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
  hourglass reconstruct vae-20261121-153000 mnist-10k:test --limit 10 --samples 9 --out sampled.png

A contact sheet shows each of the first 100 images above its reconstruction. --samples decodes codes drawn from each image's
posterior instead of its mean: what differs between them, the code leaves open. --resume continues where an earlier command
stopped.`;

export function reconstructCommand(): Command {
  const command = new Command('reconstruct')
    .description('run images through the model and back')
    .argument('<model>', MODEL)
    .argument('<inputs...>', INPUTS)
    .option('--sheet', "one PNG with many images, whatever --out's ending");
  withClass(
    command,
    "decode as this class, whatever the image's own is: its style is carried over (default: each image's own)",
  );
  withDraws(command, 'decode so many codes of each image, drawn from its posterior');
  withQueue(withResume(withInputs(withFormat(withOutput(command, IMAGE_OUT), IMAGE_FORMATS))));
  return command
    .addHelpText('after', HELP)
    .action(async (given: string, inputs: string[], flags: InputFlags & DrawFlags & ClassFlag) => {
      requireInputs(inputs);
      requireSamples(flags);
      if (flags.queue !== undefined) return shardsByQueue('reconstruct', given, inputs, flags, IMAGE_FORMATS);
      refuseStoreAlone(flags);
      const destination = await imageDestination(flags);
      await requireFree(destination);
      await useModel(given, flags, { statistics: false }, async (use) => {
        const { model } = use;
        const encoding = await encodingOf(model);
        const { ownAndAs } = await import('./told.ts');
        const { samples, seed } = flags;
        const settings = {
          ...(samples === undefined ? {} : { samples, seed: seed ?? 1 }),
          ...(flags.class === undefined ? {} : { class: flags.class }),
        };
        const work = await openWork(use, destination, inputs, flags, { name: 'reconstruct', settings });
        if (encoding !== null) return reconstructRows(use, encoding, inputs, flags, destination, work);
        const images = async function* () {
          const before = work?.progress ?? undefined;
          const draw = drawing(model, flags, before);
          const given = imagesFor(use, inputs, flags, inImages(before, samples ?? 1));
          for await (const { values, ...batch } of given) {
            const [own, as] = ownAndAs(model, flags, batch.classes);
            if (samples === undefined) {
              const made =
                own === as ? await own.reconstruct(values) : await as.decode((await own.encode(values)).data);
              yield { ...batch, values: made.data, inputs: values };
              continue;
            }
            const each = batch.classes.flatMap((one) => new Array<string | null>(samples).fill(one));
            const [, drawnAs] = ownAndAs(model, flags, each);
            const decoded = await drawnAs.decode(await draw(values, own));
            const size = values.length / batch.names.length;
            const inputs = eachTimes(values, size, samples);
            yield { ...repeated(batch, samples), values: decoded.data, inputs };
          }
        };
        const below =
          samples === undefined ? 'its reconstruction' : `decoded samples of its posterior, ${samples} each`;
        const words = { title: 'reconstructions', subtitle: `${named(inputs)}; each image above ${below}` };
        return writeImagesThrough(use, destination, words, { work, resume: flags.resume }, images());
      });
    });
}

/** Each image so many times, one after the other. */
function eachTimes<Values extends Uint8Array | Float32Array>(
  values: Values,
  size: number,
  times: number,
): Values {
  const repeated = new (values.constructor as new (length: number) => Values)(values.length * times);
  for (let from = 0; from < values.length; from += size) {
    const image = values.subarray(from, from + size);
    for (let k = 0; k < times; k++) repeated.set(image, from * times + k * size);
  }
  return repeated;
}
