/** Files that cannot be read or written while a model is loaded, measured or exported: an expected error, and nothing is lost. */
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { evaluateRun, exportModel, HourglassError, loadModel, train } from 'hourglass';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { run as program, TINY, temporaryFolder, writeData } from '../support/program.ts';

const FAILING = pathToFileURL(join(import.meta.dirname, '../support/failing-files.mjs')).href;

let folder: string;
let run: string;
let exported: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const dataDir = await writeData(join(folder, 'data'));
  const out = join(folder, 'run');
  run = (await train(TINY, { data: 'mnist', dataDir, out, threads: 1, epochs: 1, tensorboard: 'none' }))
    .folder;
  exported = join(folder, 'exported');
  await exportModel(run, { out: exported });
  await import(FAILING);
}, 120_000);
afterEach(() => {
  delete process.env.HOURGLASS_TEST_FAILS;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The error of `work` while files fail in this way. */
async function failing(how: string, work: () => Promise<unknown>): Promise<unknown> {
  process.env.HOURGLASS_TEST_FAILS = how;
  try {
    return await work().then(
      () => null,
      (error: unknown) => error,
    );
  } finally {
    delete process.env.HOURGLASS_TEST_FAILS;
  }
}

/** Every file of a folder, with a digest of its bytes, and its folders. */
async function contentsOf(path: string): Promise<Map<string, string>> {
  const all = await readdir(path, { recursive: true, withFileTypes: true });
  const paths = all.map((one) => join(one.parentPath, one.name) + (one.isFile() ? '' : sep)).sort();
  const digest = async (file: string) =>
    file.endsWith(sep)
      ? 'folder'
      : createHash('sha256')
          .update(await readFile(file))
          .digest('hex');
  return new Map(await Promise.all(paths.map(async (file) => [file, await digest(file)] as const)));
}

function expectExpected(error: unknown, kind: string, words: RegExp): void {
  expect(error).toBeInstanceOf(HourglassError);
  const { kind: got, message } = error as HourglassError;
  expect([got, message]).toEqual([kind, expect.stringMatching(words)]);
}

describe('what cannot be read', () => {
  test.each([
    ['open EIO encoder.onnx', /encoder\.onnx: cannot be read: the device failed; check the disk/],
    ['read EIO decoder.onnx', /decoder\.onnx: cannot be read: the device failed/],
    ['open EACCES weights.safetensors', /weights\.safetensors: cannot be read: permission denied/],
    ['open EBUSY statistics.json', /statistics\.json: cannot be read: it is in use by the system/],
    ['read ETIMEDOUT autoencoder.onnx', /autoencoder\.onnx: cannot be read: .* did not answer in time/],
  ])('%s ends loadModel, evaluateRun and exportModel', async (how, words) => {
    expectExpected(await failing(how, () => loadModel(run)), 'run', words);
    if (!how.includes('statistics')) {
      expectExpected(
        await failing(how, () => exportModel(run, { out: join(folder, 'never') })),
        'run',
        words,
      );
    }
    expectExpected(await failing(how, () => evaluateRun(run)), 'run', words);
    await (await loadModel(run)).dispose();
  });

  test.each([
    ['open EACCES run.json', 'run', /run\.json: cannot be read: permission denied/],
    ['read EIO metrics.jsonl', 'run', /metrics\.jsonl: cannot be read: the device failed/],
    ['read EIO t10k-images', 'data', /t10k-images.*: cannot be read: the device failed/],
  ])('%s ends evaluateRun', async (how, kind, words) => {
    expectExpected(await failing(how, () => evaluateRun(run)), kind, words);
  });
});

describe('what cannot be written', () => {
  test.each([
    ['write ENOSPC weights.safetensors', /weights\.safetensors: cannot be written: the disk is full/],
    ['open EACCES weights.safetensors', /weights\.safetensors: cannot be written: permission denied/],
    ['fsync EIO decoder.onnx', /decoder\.onnx: cannot be written: the device failed/],
    ['write EFBIG decoder.onnx', /decoder\.onnx: cannot be written: it exceeds the largest file size/],
    ['mkdir EROFS exported', /exported.*: cannot be written: the file system is read-only/],
    ['rename EXDEV exported', /exported.*: cannot be written: its folder spans two file systems/],
    ['rename EBUSY exported', /exported.*: cannot be written: it is in use by the system/],
  ])('%s: an export leaves all files as they were', async (how, words) => {
    const before = await contentsOf(exported);
    const pattern = how.replace(' weights', ' exported.*weights').replace(' decoder', ' exported.*decoder');
    const error = await failing(pattern, () => exportModel(run, { out: exported, force: true, opset: 13 }));
    expectExpected(error, 'run', words);
    expect(await contentsOf(exported)).toEqual(before);
  });

  test('an export into a new folder leaves no half of a model', async () => {
    const out = join(folder, 'new');
    await failing('write ENOSPC new.*weights', () => exportModel(run, { out }));
    expect(await readdir(out)).toEqual([]);
    const { files } = await exportModel(run, { out });
    await (await loadModel(out)).dispose();
    expect(files.length).toBeGreaterThan(3);
  });
});

describe('the program', () => {
  test.each([
    [
      ['encode', 'RUN', 'IMAGES'],
      'read EIO encoder.onnx',
      4,
      'encoder.onnx: cannot be read: the device failed',
    ],
    [['evaluate', 'RUN'], 'read EIO t10k-images', 3, 'cannot be read: the device failed'],
    [
      ['encode', 'RUN', 'IMAGES', '--out', 'codes.npy', '--force'],
      'write ENOSPC codes.npy.part.values',
      4,
      'codes.npy: cannot be written: the disk is full',
    ],
    [
      ['encode', 'RUN', 'IMAGES', '--out', 'codes.npy', '--force'],
      'fsync EIO codes.npy.part.values',
      4,
      'codes.npy: cannot be written: the device failed',
    ],
    [
      ['encode', 'RUN', 'IMAGES', '--out', 'codes.npy', '--force'],
      'write ENOSPC codes.npy.part.*lock',
      4,
      'lock: cannot be written: the disk is full',
    ],
    [
      ['sample', 'RUN', '--count', '4', '--out', 'exported/sheet.png'],
      'write ENOSPC sheet.png',
      4,
      'cannot be written: the disk is full',
    ],
    [
      ['export', 'RUN', '--out', 'exported', '--force', '--opset', '13'],
      'rename EBUSY exported',
      4,
      'cannot be written: it is in use by the system',
    ],
    [['report', 'RUN'], 'fsync EIO report.html', 4, 'report.html: cannot be written: the device failed'],
    [['pictures', 'RUN'], 'write ENOSPC pictures', 4, 'cannot be written: the disk is full'],
  ])('%j with %s: one line, its exit code, and all files as they were', async (args, how, code, words) => {
    const place = join(folder, 'program');
    await rm(place, { recursive: true, force: true });
    await cp(run, join(place, 'run'), { recursive: true });
    await cp(exported, join(place, 'exported'), { recursive: true });
    await cp(join(run, 'results.json'), join(place, 'codes.npy'));
    const before = await contentsOf(place);
    const images = join(folder, 'data', 't10k-images-idx3-ubyte');
    const given = args.map((arg) => ({ RUN: join(place, 'run'), IMAGES: images })[arg] ?? arg);
    const ended = await program(place, given, {
      NODE_OPTIONS: `--import=${FAILING}`,
      HOURGLASS_TEST_FAILS: how,
    });
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(words)]);
    expect(ended.stderr.trimEnd().split('\n').at(-1)).toMatch(/^hourglass: /);
    expect(ended.stderr).not.toMatch(/bug|\n\s+at /);
    expect(await contentsOf(place)).toEqual(before);
  });
});
