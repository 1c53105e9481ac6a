/**
 * How fast pictures get in: folders of small PNG and large JPEG files next to Pillow and torchvision, training on a stream
 * next to training from memory, and codes of many images. The files were just written: they come from memory rather than a disk.
 */
import { execFile, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { encodeNpyHeader } from '../src/codecs/npy.ts';
import { encodePng } from '../src/codecs/png.ts';
import type { LabelledImages } from '../src/data/dataset.ts';
import { tarEntry } from '../src/data/stream/testing.ts';
import { once } from './once.ts';
import { resized, writePngFolder } from './sets.ts';
import { median, pairedRatio, type Spread, spread } from './statistics.ts';
import { format, whole } from './words.ts';
import type { OpeningTaken, OpeningTask } from './workers/open-set.ts';
import type { TrainingTaken, TrainingTask } from './workers/whole-training.ts';

/** One way to do something, and what it took. */
interface Row {
  what: string;
  how: string;
  images: number;
  milliseconds: Spread;
  /** Theirs / ours, by round; null for ours. */
  ratio: Spread | null;
  peakMiB: number | null;
}

export interface LoadingContest {
  rows: Row[];
  absent: Record<string, string>;
}

/** Sizes: small by default; the ones that the aims are about with `--whole`. */
const SIZES = {
  small: { png: 2000, jpeg: 60, stream: 20_000, encoded: 100_000, shards: 20_000 },
  whole: { png: 10_000, jpeg: 300, stream: 1_000_000, encoded: 1_000_000, shards: 200_000 },
};

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const COMMAND = fileURLToPath(new URL('../../../bin/hourglass.js', import.meta.url));
const PYTHON = process.env.HOURGLASS_PYTHON ?? 'python3';
const PEER = fileURLToPath(new URL('../../peers/loading.py', import.meta.url));

interface Plan {
  folder: string;
  digits: LabelledImages;
  rounds: number;
  isWhole: boolean;
  log: (line: string) => void;
}

interface Taken {
  seconds: number;
  images: number;
  peakMiB?: number;
}

export async function measureLoadingContest({
  folder,
  digits,
  rounds,
  isWhole,
  log,
}: Plan): Promise<LoadingContest> {
  const sizes = SIZES[isWhole ? 'whole' : 'small'];
  const absent: Record<string, string> = {};
  const rows: Row[] = [];
  const contest = async (what: string, ways: Record<string, () => Promise<Taken | null>>) => {
    const taken = new Map<string, Taken[]>();
    for (let round = 0; round < rounds; round++) {
      for (const [how, run] of Object.entries(ways)) {
        log(`loading: ${what}: ${how}, round ${round + 1} of ${rounds}`);
        const one = await run();
        if (one !== null) taken.set(how, [...(taken.get(how) ?? []), one]);
      }
    }
    const ours = taken
      .values()
      .next()
      .value!.map(({ seconds }) => seconds);
    for (const [how, all] of taken) {
      const seconds = all.map((one) => one.seconds);
      const peaks = all.map(({ peakMiB }) => peakMiB ?? 0);
      rows.push({
        what,
        how,
        images: all[0]!.images,
        milliseconds: spread(seconds.map((value) => 1000 * value)),
        ratio: rows.at(-1)?.what === what ? pairedRatio(seconds, ours) : null,
        peakMiB: Math.max(...peaks) || null,
      });
    }
  };
  const python = (name: string, of: string, colours: 'grey' | 'RGB') => async () => {
    if (absent[name] !== undefined) return null;
    const said = await promisify(execFile)(PYTHON, ['-B', PEER, name, of, colours]).then(
      ({ stdout }) => JSON.parse(stdout) as Taken & { absent?: string },
      (error: Error) => ({ absent: error.message.split('\n')[0]! }),
    );
    if (!('absent' in said)) return said as Taken;
    absent[name] = said.absent!;
    return null;
  };
  const opening = (task: OpeningTask) => () => once<OpeningTask, OpeningTaken>('open-set', task);

  log('loading: writing pictures');
  const png = writePngFolder(join(folder, 'png'), digits, sizes.png);
  const cacheDir = join(folder, 'cache');
  await contest(`${whole(sizes.png)} PNG files, ${SIDE} × ${SIDE}`, {
    hourglass: opening({ set: png, options: { images: { cache: false } } }),
    'hourglass, opened again': async () => {
      const task = { set: png, options: { cacheDir } };
      // What the first one keeps; later rounds find it.
      await opening(task)();
      return opening(task)();
    },
    Pillow: python('pillow', png, 'grey'),
    torchvision: python('torchvision', png, 'grey'),
  });
  const jpeg = await writeJpegFolder(join(folder, 'jpeg'), digits, sizes.jpeg);
  await contest(`${whole(sizes.jpeg)} JPEG files, 512 × 512 RGB`, {
    hourglass: opening({ set: jpeg, options: { images: { cache: false, size: 512 } } }),
    Pillow: python('pillow', jpeg, 'RGB'),
    torchvision: python('torchvision', jpeg, 'RGB'),
  });
  rmSync(jpeg, { recursive: true });

  log('loading: writing arrays and shards');
  const array = writeArray(join(folder, 'images.npy'), digits, sizes.stream);
  const training = (stream: boolean) => async (): Promise<Taken> => {
    const options = { data: array, epochs: 3, set: { 'data.stream': stream, 'data.test': 0.02 } };
    const task: TrainingTask = { recipe: 'basic', options };
    const { epochs, peakMiB } = await once<TrainingTask, TrainingTaken>('whole-training', task);
    // The first one has what happens once.
    const perSecond = median(epochs.slice(1).map(({ imagesPerSecond }) => imagesPerSecond));
    return { seconds: sizes.stream / perSecond, images: sizes.stream, peakMiB };
  };
  await contest(`an epoch of \`basic\` on ${whole(sizes.stream)} images in NPY`, {
    'from memory': training(false),
    streamed: training(true),
  });

  rmSync(array);
  const many = writeArray(join(folder, 'many.npy'), digits, sizes.encoded);
  const run = join(folder, 'run');
  await promisify(execFile)(process.execPath, [
    ...[COMMAND, 'train', 'basic', '--data', 'mnist-10k', '--epochs', '1', '--out', run],
  ]);
  const encoding = (input: string, ending: string) => () =>
    encoded(run, input, join(folder, `codes.${ending}`));
  await contest(`encode ${whole(sizes.encoded)} images in NPY with \`basic\``, {
    'to NPY': encoding(many, 'npy'),
    'to Parquet': encoding(many, 'parquet'),
  });
  const shards = writeShards(join(folder, 'shards'), digits, sizes.shards);
  await contest(`encode ${whole(sizes.shards)} images in tar shards with \`basic\``, {
    'to NPY': encoding(shards, 'npy'),
  });
  return { rows, absent };
}

/** The command as a user runs it: its own count of seconds, and the most memory of its process. */
async function encoded(run: string, input: string, out: string): Promise<Taken> {
  const child = spawn(process.execPath, [COMMAND, 'encode', run, input, '--out', out, '--force', '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.on('data', (text) => {
    printed += text;
  });
  let peakMiB = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakMiB = Math.max(peakMiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has ended, or there is no /proc.
    }
  }, 50);
  await new Promise((done) => child.on('close', done));
  clearInterval(watch);
  const { images, seconds } = JSON.parse(printed) as Taken;
  return { images, seconds, peakMiB };
}

async function writeJpegFolder(folder: string, digits: LabelledImages, count: number): Promise<string> {
  const raw = { width: 512, height: 512, channels: 3 as const };
  for (let i = 0; i < count; i++) {
    const within = join(folder, String(digits.labels[i]));
    mkdirSync(within, { recursive: true });
    const planes = resized(digits.images.subarray(i * PIXELS, (i + 3) * PIXELS), 3, 512);
    // A colour for each of three digits, and grain, as a photograph has.
    const pixels = Uint8Array.from(
      { length: 3 * 512 * 512 },
      (_, at) => (planes[(at % 3) * 512 * 512 + Math.floor(at / 3)]! >> 1) + ((at * 7919) % 61),
    );
    await sharp(pixels, { raw })
      .jpeg({ quality: 90 })
      .toFile(join(within, `${i}.jpg`));
  }
  return folder;
}

/** So many images in one array: the digits over and over. */
function writeArray(file: string, { images, count }: LabelledImages, n: number): string {
  const to = openSync(file, 'w');
  writeSync(to, encodeNpyHeader([n, SIDE, SIDE], 'u1'));
  for (let at = 0; at < n; at += count) writeSync(to, images.subarray(0, Math.min(count, n - at) * PIXELS));
  closeSync(to);
  return file;
}

/** Shards of 10,000 PNG files each. */
function writeShards(folder: string, digits: LabelledImages, n: number): string {
  mkdirSync(folder);
  const png = (i: number) =>
    encodePng({
      ...{ width: SIDE, height: SIDE, channels: 1 },
      data: digits.images.subarray(i * PIXELS, (i + 1) * PIXELS),
    });
  const pngs = Array.from({ length: Math.min(1000, digits.count) }, (_, i) => png(i));
  for (let first = 0; first < n; first += 10_000) {
    const entries = Array.from({ length: Math.min(10_000, n - first) }, (_, i) =>
      tarEntry({ name: `${first + i}.png`, content: pngs[i % pngs.length]! }),
    );
    writeFileSync(join(folder, `${first}.tar`), Buffer.concat([...entries, Buffer.alloc(1024)]));
  }
  return folder;
}

export function loadingContestLines({ rows, absent }: LoadingContest): string[] {
  return [
    '| what | how | ms | images/s | ratio to the first | most memory, MiB |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...rows.map(
      ({ what, how, images, milliseconds, ratio, peakMiB }) =>
        `| ${what} | ${how} | ${format(milliseconds)} | ${whole((1000 * images) / milliseconds.median)} | ${ratio === null ? '' : format(ratio)} | ${peakMiB === null ? '' : whole(peakMiB)} |`,
    ),
    '',
    ...Object.entries(absent).map(([name, why]) => `- ${name} was left out: ${why}.`),
  ];
}
