/** The project that setup.ts made, and how the tests run programs in it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** The lowest TypeScript that hourglass supports, and later ones. */
export const COMPILERS = { 'typescript-lowest': '5.4', 'typescript-6': '6', 'typescript-newest': 'latest' };

export const TOOLS = [
  'esbuild',
  ...Object.entries(COMPILERS).map(([name, version]) => `${name}@npm:typescript@${version}`),
];

/** Where hourglass's program lies, in the project. */
export const PROGRAM = join('node_modules', 'hourglass', 'bin', 'hourglass.js');

export interface Ended {
  code: number;
  output: string;
}

export function run(command: string, args: string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` }),
    );
  });
}

/** A program that encodes and samples with hourglass-use, and prints two shapes. */
export const useAlone = (model: string) => `
  import { loadModel, sample } from 'hourglass-use';
  const model = await loadModel(${JSON.stringify(model)});
  const { images } = await sample(model, 2);
  const { shape } = await model.encode(new Uint8Array(images.data.length / 2));
  console.log('used', shape.join(), images.shape.join());
  await model.dispose();`;

/** A program that trains, encodes a digit and prints the shape of its code. */
export const trainAndEncode = (folder: string) => `
  import { loadModel, openDataset, train } from 'hourglass';
  const run = await train('basic', { data: 'mnist-10k', epochs: 1, out: '${folder}', tensorboard: 'none' });
  const model = await loadModel(run.folder);
  const { test } = await openDataset('mnist-10k');
  console.log((await model.encode(test.images.subarray(0, 784))).shape.join());
  await model.dispose();`;
