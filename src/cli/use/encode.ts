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
  writeAll,
} from './frame.ts';
import { encodingOf, rowsFor } from './rows.ts';

const HELP = `${INPUT_HELP}

Examples:
  hourglass encode runs/stacked-20261121-153000 mnist-10k:test --out codes.npy
  hourglass encode vae-20261121-153000 photos/ --out codes.csv --on-bad skip
  cat digit.png | hourglass encode model/ - --format jsonl

The code of a variational model is its mean μ. CSV has the columns name, class, z1, z2, …; 'hourglass decode' reads it.`;

export function encodeCommand(): Command {
  const command = new Command('encode')
    .description('images or rows of a table to codes')
    .argument('<model>', MODEL)
    .argument('<inputs...>', INPUTS);
  withInputs(withFormat(withOutput(command, 'a .npy, .csv or .jsonl file'), ['npy', 'csv', 'jsonl']));
  return command
    .addHelpText('after', HELP)
    .action(async (given: string, inputs: string[], flags: InputFlags) => {
      requireInputs(inputs);
      const { destinationOf, openSink } = await import('../../api.ts');
      const destination = destinationOf(flags, ['npy', 'csv', 'jsonl']);
      await requireFree(destination);
      await useModel(given, flags, { statistics: false }, async (use) => {
        const { model } = use;
        const shape = [model.info.codeUnits];
        const about = { shape, kind: 'codes', title: '', subtitle: '', light: false } as const;
        const codes = async function* () {
          const encoding = await encodingOf(model);
          const samples =
            encoding === null ? imagesFor(use, inputs, flags) : rowsFor(use, encoding, inputs, flags);
          for await (const { names, classes, values } of samples) {
            yield { names, classes, values: (await model.encode(values)).data };
          }
        };
        return writeAll(await openSink(destination, about), use, codes());
      });
    });
}
