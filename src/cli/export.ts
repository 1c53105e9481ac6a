import { Command, InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from './arguments.ts';
import { findRun } from './find-run.ts';
import { say, sayJson } from './output.ts';
import { shown } from './paths.ts';

const HELP = `
Examples:
  hourglass export runs/stacked-20261121-153000 --out model
  hourglass export vae-20261121-153000 --out web --preprocess --only encoder,sampler
  hourglass export runs/topk-20261121-153000 --out sae --format saelens
  hourglass export runs/conv-20261121-153000 --out old --opset 13 --json

Writes autoencoder.onnx, encoder.onnx, decoder.onnx, weights.safetensors, and samplers: sampler.onnx for a code with a prior,
sampler-codes.onnx for one without, sampler-mixture.onnx, sampler-flow.onnx and sampler-second-stage.onnx where sample --prior has
fitted them.
docs/formats.md describes their inputs and outputs, and how to use them in Python, a browser and PyTorch. hourglass
can use the folder as a model, too.`;

const NAMES = ['autoencoder', 'encoder', 'decoder', 'sampler', 'weights'] as const;

const FORMATS = ['onnx', 'saelens'] as const;

interface ExportFlags {
  out: string;
  preprocess?: boolean;
  format?: (typeof FORMATS)[number];
  opset?: number;
  only?: (typeof NAMES)[number][];
  checkpoint?: boolean;
  force?: boolean;
  json?: boolean;
}

export function exportCommand(): Command {
  return new Command('export')
    .description("write a run's model for other programs: ONNX and safetensors")
    .argument('<run>', "the folder of a run or of a model, or a run's name in runs/")
    .requiredOption('--out <folder>', 'where the files go; existing files are not replaced')
    .option(
      '--preprocess',
      'the graphs take images as bytes, uint8 [N, height, width, channels], and scale them',
    )
    .addOption(
      new Option('--opset <version>', "the version of ONNX's operator set, 13 to 22 (default: 20)").argParser(
        wholeNumber(1),
      ),
    )
    .addOption(
      new Option('--only <names>', `which files, separated by commas: ${NAMES.join(', ')}`).argParser(
        (text) => text.split(',').map((name) => oneOf(name.trim())),
      ),
    )
    .addOption(
      new Option(
        '--format <name>',
        'onnx: ONNX and safetensors; saelens: cfg.json and sae_weights.safetensors of a sparse code',
      )
        .choices(FORMATS)
        .default('onnx'),
    )
    .option('--checkpoint', 'use the weights of the newest checkpoint, even of a run that is not finished')
    .option('--force', 'replace files of the same names')
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', HELP)
    .action(async (given: string, { json, ...options }: ExportFlags) => {
      const run = await findRun(given);
      const { exportModel } = await import('../api.ts');
      const exported = await exportModel(run, options);
      if (json) sayJson(exported);
      else for (const file of exported.files) say(shown(file));
    });
}

function oneOf(name: string): (typeof NAMES)[number] {
  const known = NAMES.find((one) => one === name);
  if (known !== undefined) return known;
  throw new InvalidArgumentError(`Each must be one of ${NAMES.join(', ')}.`);
}
