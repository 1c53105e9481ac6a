/** A small run to be troubled, and how it is told that nothing was lost: every file whole, and the same bits in the end. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodePng } from '../../src/codecs/png.ts';
import { decodeSafetensors } from '../../src/codecs/safetensors.ts';
import { decodeSealed } from '../../src/codecs/sealed.ts';
import { readEvents } from '../../src/codecs/tensorboard/index.ts';
import { verifyModel } from '../../src/onnx/index.ts';
import { TINY, writeData, writeRecipe } from '../support/program.ts';

export const EPOCHS = 12;

/** Dropout, batch normalisation, noise and the best weights kept: all that a resumed run may get wrong. */
export const RECIPE = {
  ...TINY,
  corruption: { type: 'gaussian', sigma: 0.1 },
  training: { ...TINY.training, epochs: EPOCHS },
};

/** The arguments of a training of it, for the program started in `folder`. */
export const TRAIN = ['train', 'recipe.json', '--data-dir', 'data', '--threads', '1'];

export async function prepare(folder: string): Promise<void> {
  await writeData(join(folder, 'data'));
  await writeRecipe(join(folder, 'recipe.json'), RECIPE);
}

/** Files below a folder, by their path in it; `.tmp` ones are of a process that may still write them, or was killed. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name), { throwIfNoEntry: false })?.isFile(),
  );
}

/** What is half-written in a run folder, as complaints. */
export function halfWritten(run: string): string[] {
  return filesOf(run).flatMap((name) => {
    if (name.endsWith('.tmp')) return [];
    try {
      requireWhole(name, readFileSync(join(run, name)));
      return [];
    } catch (error) {
      return [`${name}: ${(error as Error).message}`];
    }
  });
}

function requireWhole(name: string, bytes: Buffer): void {
  const require = (isWhole: boolean) => {
    if (!isWhole) throw new Error(`is not whole: ${bytes.length} bytes`);
  };
  const text = () => bytes.toString('utf8').trimEnd();
  const ending = name.slice(name.lastIndexOf('.') + 1);
  if (name.startsWith('checkpoints')) decodeSealed(bytes, name, () => createHash('sha256'));
  else if (name.includes('tfevents')) readEvents(bytes, name);
  else if (ending === 'safetensors') decodeSafetensors(bytes, name);
  else if (ending === 'onnx') verifyModel(bytes, name);
  else if (ending === 'png') decodePng(bytes, name);
  else if (ending === 'json' || name.startsWith('run.lock')) JSON.parse(text());
  // Empty before the first epoch has ended.
  else if (ending === 'jsonl') for (const line of text().split('\n').filter(Boolean)) JSON.parse(line);
  else if (ending === 'svg') require(text().endsWith('</svg>'));
  else if (ending === 'html') require(text().endsWith('</html>'));
  else if (['md', 'csv', 'tsv', 'pbtxt'].includes(ending)) require(bytes.at(-1) === 10 || ending === 'csv');
  else if (ending === 'bytes') require(bytes.length > 0 && bytes.length % (4 * TINY.model.code.units) === 0);
  else throw new Error('is of a kind that no reader is known for');
}

/** What a run is in the end, but for times: by file, a digest. */
export function bitsOf(run: string): Map<string, string> {
  const kept = filesOf(run).filter(
    (name) =>
      /^(model\/|epochs\/|pictures\/|tensorboard\/codes\/(?!events))/.test(name) ||
      ['results.json', 'metrics.jsonl', 'checkpoints/best.safetensors'].includes(name),
  );
  return new Map(
    kept.sort().map((name) => {
      const bytes = readFileSync(join(run, name));
      const content = /\.jsonl?$/.test(name)
        ? bytes.toString().replaceAll(/"(seconds|imagesPerSecond|\w*[sS]econds)": ?[^,}\n]+/g, '')
        : bytes;
      return [name, createHash('sha256').update(content).digest('hex')];
    }),
  );
}

/** Files that differ, are missing or too many, against the undisturbed run. */
export function differences(run: string, undisturbed: ReadonlyMap<string, string>): string[] {
  const bits = bitsOf(run);
  const names = new Set([...bits.keys(), ...undisturbed.keys()]);
  const leftovers = filesOf(run).filter((name) => name.endsWith('.tmp') || name.includes('run.lock'));
  return [
    ...[...names].filter((name) => bits.get(name) !== undisturbed.get(name)),
    ...leftovers.map((name) => `${name} was left behind`),
  ];
}
