import { Command } from 'commander';
import {
  INPUT_HELP,
  INPUTS,
  type InputFlags,
  imagesFor,
  MODEL,
  requireFree,
  requireInputs,
  useModel,
  withFormat,
  withInputs,
  withOutput,
  withResume,
} from './frame.ts';
import { openWork, writeThrough } from './resuming.ts';
import { encodingOf, rowsFor } from './rows.ts';

const FORMATS = ['npy', 'parquet', 'csv', 'jsonl'] as const;

const HELP = `${INPUT_HELP}

Examples:
  hourglass encode runs/stacked-20261121-153000 mnist-10k:test --out codes.npy
  hourglass encode vae-20261121-153000 photos/ --out codes.csv --on-bad skip
  hourglass encode my-run shards/ --out codes.parquet --resume
  cat digit.png | hourglass encode model/ - --format jsonl

The code of a variational model is its mean μ. CSV has the columns name, class, z1, z2, …; 'hourglass decode' reads it. Parquet
has the columns name, class and code, a list of floats. --resume continues where an earlier command stopped.`;

export function encodeCommand(): Command {
  const command = new Command('encode')
    .description('images or rows of a table to codes')
    .argument('<model>', MODEL)
    .argument('<inputs...>', INPUTS);
  withResume(withInputs(withFormat(withOutput(command, 'a .npy, .parquet, .csv or .jsonl file'), FORMATS)));
  return command
    .addHelpText('after', HELP)
    .action(async (given: string, inputs: string[], flags: InputFlags) => {
      requireInputs(inputs);
      const { destinationOf, openSink } = await import('../../api.ts');
      const destination = destinationOf(flags, FORMATS);
      await requireFree(destination);
      await useModel(given, flags, { statistics: false }, async (use) => {
        const { model } = use;
        const shape = [model.info.codeUnits];
        const about = { shape, kind: 'codes', title: '', subtitle: '', light: false } as const;
        const work = await openWork(use, destination, inputs, flags, { name: 'encode', settings: {} });
        const before = work?.progress ?? undefined;
        const codes = async function* () {
          const encoding = await encodingOf(model);
          const samples =
            encoding === null
              ? imagesFor(use, inputs, flags, before)
              : rowsFor(use, encoding, inputs, flags, before);
          for await (const { names, classes, values, read } of samples) {
            yield { names, classes, values: (await model.encode(values)).data, read };
          }
        };
        return writeThrough(use, work, codes(), () => openSink(destination, about, work), flags.resume);
      });
    });
}
