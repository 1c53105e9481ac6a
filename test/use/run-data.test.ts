/** Every use of a run goes to the folder that the run recorded, and works with the classes that are there. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evaluateOneClass, probeRun, train } from 'hourglass';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodePng } from '../../src/codecs/png.ts';
import { run as program, TINY, temporaryFolder } from '../support/program.ts';

/** Stripes on black, along the rows or the columns; 8 × 6, grey. */
async function writeStripes(folder: string, counts: Readonly<Record<string, number>>, across = false) {
  for (const [name, count] of Object.entries(counts)) {
    await mkdir(join(folder, name), { recursive: true });
    const base = name.length;
    for (let i = 0; i < count; i++) {
      const data = new Uint8Array(48);
      for (let y = 0; y < 6; y++)
        for (let x = 0; x < 8; x++) {
          const along = across ? x : y;
          data[y * 8 + x] = (along + base + i) % 3 === 0 ? 150 + ((i * 13) % 100) : 0;
        }
      await writeFile(
        join(folder, name, `part ${i}.png`),
        encodePng({ width: 8, height: 6, channels: 1, data }),
      );
    }
  }
}

let folder: string;
let parts: string;
let elsewhere: string;
let run: string;

const trained = async (data: string, name: string) => {
  const out = join(folder, 'runs', name);
  const result = await train(TINY, { data, out, threads: 1, epochs: 1, tensorboard: 'none' });
  return result.folder;
};

beforeAll(async () => {
  folder = await temporaryFolder();
  parts = join(folder, 'here', 'parts');
  await writeStripes(parts, { round: 14, flat: 14, rare: 1 });
  run = await trained(parts, 'parts');
  // Another folder of the same name, with other images, in what will be the current folder.
  elsewhere = join(folder, 'there');
  await writeStripes(join(elsewhere, 'parts'), { round: 14, flat: 14, rare: 1 }, true);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const manifestOf = async (at: string) => JSON.parse(await readFile(join(at, 'run.json'), 'utf8'));

test('models of single classes learn from the recorded folder, not from one of its name', async () => {
  const args = ['evaluate', run, '--one-class', 'normal', '--epochs', '1'];
  const { code, stdout, stderr } = await program(elsewhere, args);
  expect([code, stderr]).toEqual([0, "model 1 of 2: 'flat' alone …\nmodel 2 of 2: 'round' alone …\n"]);
  expect(stdout).toContain("'rare' alone: it would learn from 1 image, and needs 2");
  const { dataset } = await manifestOf(run);
  const single = await manifestOf(join(run, 'one-class', 'normal-2-round'));
  expect(single.dataset).toMatchObject({ folder: parts, preprocessing: dataset.preprocessing });
  expect(single.config.data).toMatchObject({ set: parts, classes: [2], size: [6, 8], channels: 1 });
});

test('models of single classes are not trained where a class that was asked for is too small', async () => {
  const seen: string[] = [];
  const refused = evaluateOneClass(run, {
    classes: ['round', 'rare'],
    out: join(folder, 'none'),
    onProgress: ({ class: name }) => seen.push(name),
  });
  await expect(refused).rejects.toThrow(
    /parts: has classes with too few images .* got rare: 1 training, 0 test; add images/,
  );
  expect(seen).toEqual([]);
});

test('a folder that is gone or changed is refused, whatever lies in the current folder', async () => {
  const changed = join(folder, 'changed');
  await cp(join(elsewhere, 'parts'), changed, { recursive: true });
  const commands = [
    ['evaluate', run],
    ['evaluate', run, '--one-class'],
    ['pictures', run],
  ];
  for (const command of commands) {
    const { code, stderr } = await program(elsewhere, [...command, '--data-dir', changed]);
    expect(code, command.join(' ')).toBe(4);
    expect(stderr).toContain('was trained on other images');
    expect(stderr).toContain('--data-dir');
  }
}, 60_000);

test('a class with one image is left out of what codes keep, and said so', async () => {
  const probed = await probeRun(run);
  expect(probed.leftOut).toEqual([{ class: 'rare', training: 1, heldOut: 0 }]);
  expect(probed.codes.accuracy).toBeGreaterThanOrEqual(0);
  expect(probed.clusters.codes.clusters).toBeLessThanOrEqual(2);
  const { code, stdout } = await program(folder, ['evaluate', run, '--probe']);
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining("left out: class 'rare', with 1 training and 0 test images"),
  ]);
});

test('a run on good images alone is scored against each kind of defect, and all', async () => {
  const made = join(folder, 'inspected');
  await writeStripes(join(made, 'train'), { good: 12 });
  await writeStripes(join(made, 'test'), { good: 4, scratch: 3, 'deep dent': 2 });
  const inspected = await trained(made, 'inspected');
  const { tables, leftOut } = await evaluateOneClass(inspected, { out: join(folder, 'judged') });
  expect(leftOut).toEqual([]);
  expect(tables.map(({ setup }) => setup)).toEqual(['as trained']);
  expect(tables[0]!.rows.map((row) => [row.class, row.normal, row.anomalous])).toEqual([
    [null, 4, 5],
    ['deep dent', 4, 2],
    ['scratch', 4, 3],
  ]);
  await expect(probeRun(inspected)).rejects.toThrow('needs images of at least two classes in the training');
}, 60_000);
