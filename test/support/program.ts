/** Small data, small recipes, and the program as a user starts it, for the tests that go through its faces. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeIdx } from '../../src/codecs/idx.ts';
import { random } from '../reference/random.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/hourglass.js', import.meta.url));

export const SIDE = 6;
export const PIXELS = SIDE * SIDE;
export const TRAIN = 60;
export const TEST = 20;

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'hourglass-test-'));

/** A bright bar on black, its place and length by its class: 60 to train on, 20 to test, 6 × 6 pixels. */
function bars(count: number, seed: number): { images: Uint8Array; labels: Uint8Array } {
  const draw = random(seed);
  const images = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const label = n % 10;
    labels[n] = label;
    for (let k = 0; k < SIDE; k++) {
      const place = label < 5 ? k * SIDE + label : (label - 5) * SIDE + k;
      images[n * PIXELS + place] = 128 + Math.floor(127 * draw());
    }
  }
  return { images, labels };
}

/** Images in the middle of black ones of another size, each of their pixels 2 × 2 there. */
function framed(images: Uint8Array, side: number): Uint8Array {
  const count = images.length / PIXELS;
  const margin = (side - 2 * SIDE) / 2;
  const frames = new Uint8Array(count * side * side);
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < 2 * SIDE; y++) {
      for (let x = 0; x < 2 * SIDE; x++) {
        frames[(n * side + margin + y) * side + margin + x] =
          images[n * PIXELS + (y >> 1) * SIDE + (x >> 1)]!;
      }
    }
  }
  return frames;
}

/** Writes the four IDX files of a set that calls itself mnist; of other sizes where asked. */
export async function writeData(
  folder: string,
  seed = 1,
  { side = SIDE, train = TRAIN, test = TEST }: { side?: number; train?: number; test?: number } = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, count, s] of [
    ['train', train, seed],
    ['t10k', test, seed + 1],
  ] as const) {
    const { images, labels } = bars(count, s);
    const data = side === SIDE ? images : framed(images, side);
    await writeFile(
      join(folder, `${name}-images-idx3-ubyte`),
      encodeIdx({ shape: [count, side, side], data }),
    );
    await writeFile(join(folder, `${name}-labels-idx1-ubyte`), encodeIdx({ shape: [count], data: labels }));
  }
  return folder;
}

/** Dropout and batch norm included: all that carries state from one step to the next. */
export const TINY = {
  name: 'tiny',
  why: 'to be trained in a moment by a test',
  model: {
    family: 'autoencoder',
    encoder: [
      { type: 'dense', units: 12, activation: 'relu' },
      { type: 'batchNorm' },
      { type: 'dropout', rate: 0.1 },
    ],
    code: { units: 4 },
    decoder: [{ type: 'dense', units: 12, activation: 'relu' }],
  },
  loss: { type: 'mse' },
  training: { epochs: 3, batchSize: 8, optimiser: { type: 'adam', learningRate: 0.01 } },
};

export async function writeRecipe(file: string, recipe: object = TINY): Promise<string> {
  await writeFile(file, JSON.stringify(recipe));
  return file;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The exit code that a shell reports: of a signal, 128 and its number. */
export const asShell = ({ code, signal }: Ended): number => code ?? 128 + constants.signals[signal!];

export interface Started {
  process: ChildProcess;
  ended: Promise<Ended>;
  /** Waits until `text` is printed, and gives all of standard output. */
  says(text: string): Promise<string>;
}

/** Starts `hourglass …` in a folder, offline and with a cache of its own; as another user, or by a program that runs it, where one is given. */
export function start(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  { by = [], ...user }: { uid?: number; gid?: number; by?: readonly string[] } = {},
): Started {
  const { HOURGLASS_DATA: _, FORCE_COLOR: __, ...inherited } = process.env;
  const [command, ...rest] = [...by, process.execPath, PROGRAM, ...args];
  const child = spawn(command!, rest, {
    cwd,
    env: { ...inherited, HOURGLASS_OFFLINE: '1', HOURGLASS_CACHE: join(cwd, 'cache'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
  let stdout = '';
  let stderr = '';
  let look = () => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    look();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const says = (text: string) =>
    new Promise<string>((resolve, reject) => {
      look = () => (stdout + stderr).includes(text) && resolve(stdout);
      look();
      void ended.then(() => reject(new Error(`it ended without saying '${text}':\n${stdout}\n${stderr}`)));
    });
  return { process: child, ended, says };
}

/** Runs `hourglass …` to its end. */
export const run = (cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  start(cwd, args, env).ended;

export const weightsOf = (folder: string): Promise<Buffer> =>
  readFile(join(folder, 'model', 'weights.safetensors'));
