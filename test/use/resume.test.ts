/** Outputs that are continued where a command ended: a picture in the middle is damaged, then mended. */
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { train } from 'hourglass';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeNpy } from '../../src/codecs/npy.ts';
import { encodePng } from '../../src/codecs/png.ts';
import { random } from '../reference/random.ts';
import { run, SIDE, TINY, temporaryFolder, writeData } from '../support/program.ts';
import { lacking, PYTHON } from '../support/python.ts';

const PICTURES = 11;
/** Behind four whole batches of two. */
const DAMAGED = 9;

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const nameOf = (i: number) => `${String(i).padStart(2, '0')}.png`;

beforeAll(async () => {
  folder = await temporaryFolder();
  const options = { dataDir: await writeData(at('data')), offline: true, threads: 1 } as const;
  await train(TINY, { ...options, tensorboard: 'none', out: at('tiny') });
  await mkdir(at('photos'));
  for (let i = 0; i < PICTURES; i++) await writeFile(at('photos', nameOf(i)), picture());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const draw = random(5);
/** Another one each time. */
function picture(): Uint8Array {
  const data = Uint8Array.from({ length: SIDE * SIDE }, () => 256 * draw());
  return encodePng({ width: SIDE, height: SIDE, channels: 1, data });
}

/** All files of an output, by name. */
async function contentOf(path: string): Promise<Map<string, Buffer>> {
  const names = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => null);
  if (names === null) return new Map([['', await readFile(path)]]);
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.map(async (file) => [file.slice(path.length), await readFile(file)] as const)),
  );
}

test('encode, anomaly and reconstruct go on behind what was done, to the same bits', async () => {
  const commands = [
    ['encode', 'npy', '.npy'],
    ['anomaly', 'found', ''],
    ['reconstruct', 'pictures', ''],
  ] as const;
  const command = ([verb, name, ending]: (typeof commands)[number], which: string, ...more: string[]) => {
    const out = at(`${which}-${name}${ending}`);
    const flags = ['--batch', '2', '--threads', '1', '--out', out, ...more];
    return run(folder, [verb, 'tiny', 'photos', ...flags]);
  };
  const whole = await readFile(at('photos', nameOf(DAMAGED)));
  const all = (which: string, ...more: string[]) =>
    Promise.all(commands.map((one) => command(one, which, ...more)));
  for (const { code } of await all('whole')) expect(code).toBe(0);
  await writeFile(at('photos', nameOf(DAMAGED)), whole.subarray(0, 50));
  for (const { stderr } of await all('stopped', '--resume')) {
    expect(stderr).toMatch(/09\.png: must be an undamaged PNG image/);
    expect(stderr).toMatch(/\.part keeps 8 of them: the same command with --resume continues there/);
  }
  const found = await readdir(folder);
  expect(found.filter((name) => name.startsWith('stopped'))).toEqual([
    'stopped-found.part',
    'stopped-npy.npy.part',
    'stopped-pictures.part',
  ]);
  await writeFile(at('photos', nameOf(DAMAGED)), whole);
  for (const { code, stderr } of await all('stopped', '--resume')) {
    expect(code).toBe(0);
    expect(stderr).toMatch(/continues .*\.part after 8 samples/);
  }
  for (const [, name, ending] of commands)
    expect(await contentOf(at(`stopped-${name}${ending}`))).toEqual(
      await contentOf(at(`whole-${name}${ending}`)),
    );
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('what cannot be continued is refused', async () => {
  const printed = await run(folder, ['encode', 'tiny', 'photos', '--resume']);
  expect(printed.stderr).toMatch(/--resume: continues files and folders, .* got standard output/);
  expect(printed.code).toBe(2);
});

test.skipIf(lacking('pyarrow'))('pyarrow reads codes as Parquet', async () => {
  await run(folder, ['encode', 'tiny', 'photos', '--threads', '1', '--out', 'whole.parquet']);
  const script = `import json, sys, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
print(json.dumps({'schema': str(table.schema), 'rows': table.to_pylist()}))`;
  const { stdout, stderr } = spawnSync(PYTHON!, ['-c', script, at('whole.parquet')], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const { schema, rows } = JSON.parse(stdout);
  expect(schema).toMatch(
    /name: string not null\nclass: string\ncode: list<element: float not null> not null/,
  );
  const { data, shape } = decodeNpy(await readFile(at('whole-npy.npy')), 'codes');
  expect(rows.map(({ name }: { name: string }) => name)).toEqual(
    Array.from({ length: PICTURES }, (_, i) => `photos/${nameOf(i)}`),
  );
  expect(rows.flatMap(({ code }: { code: number[] }) => code)).toEqual([...data]);
  expect(shape).toEqual([PICTURES, 4]);
});
