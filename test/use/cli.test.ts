/** The command line as a newcomer, a script and a careless typist meet it. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSound } from '../support/pages.ts';
import { type Ended, run, start, TINY, temporaryFolder, writeData, writeRecipe } from '../support/program.ts';

let folder: string;
const hourglass = (...args: string[]) => run(folder, args);
const train = (out: string, ...args: string[]) =>
  hourglass('train', 'tiny.json', '--data-dir', 'data', '--threads', '1', '--out', out, ...args);

/** One finished run in runs/, for all that asks of one. */
const NAME = 'tiny-20260101-000000';
const RUN = join('runs', NAME);
let finished: Ended;

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeData(join(folder, 'data'));
  await writeRecipe(join(folder, 'tiny.json'));
  finished = await train(RUN);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One line on standard error, nothing on standard output, no control characters. */
function expectError({ code, stdout, stderr }: Ended, exitCode: number, ...words: string[]): void {
  for (const word of words) expect(stderr).toContain(word);
  expect(stderr).toMatch(/^hourglass: [^\p{Cc}]+\n$/u);
  expect(stdout).toBe('');
  expect(code).toBe(exitCode);
}

test('ONNX Runtime’s telemetry is off: nothing is written into the user’s folders', async () => {
  const home = join(folder, 'home');
  await mkdir(home);
  const env = { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), ORT_DISABLE_TELEMETRY: undefined };
  const trained = await run(folder, ['train', 'tiny.json', '--data-dir', 'data', '--epochs', '1'], env);
  expect(trained).toMatchObject({ code: 0, stderr: '' });
  expect((await run(folder, ['evaluate', RUN], env)).code).toBe(0);
  expect(await readdir(home)).toEqual([]);
});

describe('help', () => {
  test.concurrent.each([
    ['train', 'hourglass train stacked --epochs 5'],
    ['evaluate', 'hourglass evaluate'],
    ['pictures', 'hourglass pictures runs/'],
    ['report', 'hourglass report runs/'],
    ['compare', 'hourglass compare runs/l0'],
    ['recipes', 'hourglass recipes stacked > my.json'],
    ['runs', 'hourglass runs --dir'],
    ['runs tag', 'hourglass runs tag stacked'],
    ['runs untag', 'hourglass runs untag stacked'],
    ['runs delete', 'hourglass runs delete stacked'],
    ['data', 'hourglass data fetch fashion-mnist'],
    ['data fetch', 'hourglass data fetch'],
  ])('%s --help has examples', async (command, example) => {
    const { code, stdout, stderr } = await hourglass(...command.split(' '), '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: hourglass ${command}`);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain(example);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  test('without a command it is an error, with the commands as they are to be typed', async () => {
    const { code, stdout, stderr } = await hourglass();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain("Start with 'npx hourglass train'");
  });

  test('the program’s own lists the commands and the exit codes', async () => {
    const { code, stdout } = await hourglass('--help');
    expect(code).toBe(0);
    for (const word of ['train', 'evaluate', 'recipes', 'runs', 'data', 'Exit codes:', '130'])
      expect(stdout).toContain(word);
  });

  test('the version is that of package.json', async () => {
    const { version } = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as {
      version: string;
    };
    expect(await hourglass('--version')).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});

describe('a slip is answered by what was meant, on one line', () => {
  test.concurrent.each<[string, number, string]>([
    ['trian', 2, 'Did you mean train?'],
    ['train stakced', 2, 'did you mean stacked?'],
    ['train --epoch 3', 2, 'Did you mean --epochs?'],
    ['train --data mnits', 2, 'did you mean mnist?'],
    ['data fetch fashon-mnist', 2, 'did you mean fashion-mnist?'],
    ['recipes stackd', 2, 'did you mean stacked?'],
    ['train tiny.json --set training.batchsize=3', 2, 'did you mean training.batchSize?'],
    [`evaluate ${NAME.replace('00', '0O')}`, 4, `did you mean ${NAME}?`],
    [`train --resume runs/${NAME}x`, 4, `did you mean ${NAME}?`],
    ['evaluate nothing-like-it', 4, "'npx hourglass runs' lists the runs"],
    [`pictures ${NAME.replace('00', '0O')}`, 4, `did you mean ${NAME}?`],
    [`report ${NAME.replace('00', '0O')}`, 4, `did you mean ${NAME}?`],
    [`compare ${RUN} ${NAME}x`, 4, `did you mean ${NAME}?`],
    ['runs --jsn', 2, 'Did you mean --json?'],
    ['train tiny.json --set epochs=3', 2, 'did you mean training.epochs?'],
    ['train tiny.json --set learningRate=3', 2, 'did you mean training.optimiser.learningRate?'],
    [
      'train tiny.json --probe',
      2,
      "unknown option '--probe': it belongs to evaluate; see: npx hourglass train --help",
    ],
    [
      'train data',
      2,
      'this is a folder; to train on its images, name a recipe and give the folder as --data',
    ],
    ['train tiny.json --data phots', 2, 'there is no folder of this name'],
    ['evaluate tiny', 4, 'did you mean tiny-'],
    ['evaluate', 2, "missing required argument 'run'; see: npx hourglass evaluate --help"],
    ['runs tag', 2, 'see: npx hourglass runs tag --help'],
    ['frobnicate', 2, "unknown command 'frobnicate'; see: npx hourglass --help"],
    ['manifold a --units 0,1', 2, 'units are counted from 1'],
    ['help trian', 2, "unknown command 'trian'"],
  ])('%s', async (line, code, words) => expectError(await hourglass(...line.split(' ')), code, words));
});

describe('what is wrong', () => {
  test.concurrent.each<[string, number, string]>([
    ['train --epochs 0', 2, 'It must be a whole number, 1 or more.'],
    ['train --epochs', 2, 'argument missing'],
    ['train --seed -1', 2, '0 or more'],
    ['train --threads 9999', 2, 'threads: must be a whole number from 1 to 256'],
    ['train --tensorboard some', 2, 'Allowed choices are none, scalars, all'],
    ['train --log-every 0', 2, 'It must be a whole number, 1 or more.'],
    ['train --set training.epochs', 2, 'It must be path=value'],
    ['train --set training.epochs=many', 2, 'training.epochs: must be a number, got many'],
    ['train stacked extra', 2, 'too many arguments'],
    ['train none.json', 2, 'none.json: there is no such file'],
    ['train tiny.json --data-dir nowhere', 3, 'nowhere'],
    ['train stacked --data kmnist', 3, 'downloads are switched off'],
    ['data fetch mnist', 3, 'downloads are switched off'],
    ['train tiny.json --data-dir data --out tiny.json/run', 4, 'a part of its path is a file'],
    ['evaluate', 2, "missing required argument 'run'"],
    ['evaluate data', 4, 'data: is not a run folder: it has no run.json'],
    [`evaluate ${RUN} --split tset`, 2, 'Allowed choices are test, validation, train'],
    [`evaluate ${RUN} --data-dir nowhere`, 3, 'nowhere'],
    ['pictures', 2, "missing required argument 'runs'"],
    ['pictures data', 4, 'data: is not a run folder: it has no run.json'],
    [`pictures ${RUN} data`, 4, 'data: is not a run folder: it has no run.json'],
    [`pictures ${RUN} --data-dir nowhere`, 3, 'nowhere'],
    ['report', 2, "missing required argument 'run'"],
    ['report data', 4, 'data: is not a run folder: it has no run.json'],
    ['compare', 2, "missing required argument 'runs'"],
    [`compare ${RUN}`, 2, 'needs two or more runs, got 1'],
    [`compare ${RUN} ${NAME}`, 2, 'must be named once'],
    [`compare ${RUN} data`, 4, 'data: is not a run folder: it has no run.json'],
    [`train --resume ${RUN}`, 4, 'is finished: there is nothing to resume'],
    [`train stacked --resume ${RUN}`, 2, "takes no others, got the recipe 'stacked'"],
    [`train --resume ${RUN} --epochs 9`, 2, 'takes no others, got --epochs'],
    [`train --resume ${RUN} --tensorboard none`, 2, 'takes no others, got --tensorboard'],
    [`train --resume ${RUN} --log-every 9`, 2, 'takes no others, got --log-every'],
  ])('%s', async (line, code, words) => expectError(await hourglass(...line.split(' ')), code, words));

  test('leaves no folder behind', () => expect(existsSync(join(folder, 'runs', 'stacked'))).toBe(false));

  test('a model too large for the memory', async () => {
    const huge = ['model.encoder.0.units=65536', 'model.code.units=65536'].flatMap((set) => ['--set', set]);
    expectError(await train('huge', ...huge), 2, 'must fit into 4 GiB', 'fewer units');
    expect(existsSync(join(folder, 'huge'))).toBe(false);
  });

  const hostile: [string, string | Uint8Array, string][] = [
    ['binary', Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256), 'must hold one JSON object'],
    ['of many broken lines', '{\n"a":\n\n\u001b[31mx', 'must hold one JSON object'],
    ['of 10 MB of brackets', '['.repeat(5e6) + ']'.repeat(5e6), 'must be at most 1 MB'],
    ['deeply nested', `{"name":${'['.repeat(1e5)}${']'.repeat(1e5)}}`, 'name: must be text'],
  ];
  test.concurrent.each(hostile)('a recipe file that is %s', async (what, content, words) => {
    const file = `${what}.json`;
    await writeFile(join(folder, file), content);
    expectError(await hourglass('train', file), 2, words);
  });

  test('a damaged data file', async () => {
    const cut = join(folder, 'cut');
    await writeData(cut);
    const file = join(cut, 'train-images-idx3-ubyte');
    await writeFile(file, (await readFile(file)).subarray(0, 1000));
    expectError(
      await hourglass('train', 'tiny.json', '--data-dir', 'cut'),
      3,
      'train-images-idx3-ubyte',
      'truncated',
    );
  });
});

describe('train', () => {
  test('where the output is no terminal it prints plain lines, one an epoch', () => {
    const { code, stdout, stderr } = finished;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('\r');
    expect(stdout.match(/^epoch +\d\/3 .*training loss .*validation loss .*images\/s/gm)).toHaveLength(3);
    expect(stdout).toContain('PCA-4');
    expect(stdout).toContain(join(RUN, 'report.html'));
  });

  test('--json: nothing but JSON on standard output', async () => {
    const { code, stdout, stderr } = await train('json', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'finished',
      epochs: 3,
      evaluation: { dataset: 'mnist', images: 20 },
    });
    expect(stderr).toContain('epoch');
  });

  test('--out that is there gets a number, and nothing is overwritten', async () => {
    const before = await readFile(join(folder, RUN, 'run.json'), 'utf8');
    const { code, stdout } = await train(RUN);
    expect(code).toBe(0);
    expect(stdout).toContain(`${RUN}-2`);
    expect(await readFile(join(folder, RUN, 'run.json'), 'utf8')).toBe(before);
    expect(existsSync(join(folder, `${RUN}-2`, 'model', 'autoencoder.onnx'))).toBe(true);
  });

  test('the flags reach the configuration', async () => {
    await train(
      'flags',
      '--epochs',
      '1',
      '--seed',
      '7',
      '--set',
      'training.batchSize=5',
      '--set',
      'name="other"',
      '--tensorboard',
      'scalars',
      '--log-every',
      '3',
    );
    const recipe = JSON.parse(await readFile(join(folder, 'flags', 'recipe.json'), 'utf8')) as object;
    expect(recipe).toMatchObject({ name: 'other', seed: 7, training: { epochs: 1, batchSize: 5 } });
    const manifest = JSON.parse(await readFile(join(folder, 'flags', 'run.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({ tensorboard: { level: 'scalars', logEvery: 3 } });
  });

  test('a training that diverges exits with 5, says where and a way out, and keeps its last good checkpoint', async () => {
    // Ever longer steps on a linear model: it takes some epochs until a float overflows.
    const recipe = {
      ...TINY,
      name: 'wild',
      model: { ...TINY.model, encoder: [], decoder: [], output: { activation: 'identity' } },
    };
    await writeRecipe(join(folder, 'wild.json'), {
      ...recipe,
      loss: { type: 'mse', reduction: 'sum' },
      training: { epochs: 100, batchSize: 64, optimiser: { type: 'sgd', learningRate: 0.7 } },
    });
    const { code, stdout, stderr } = await hourglass(
      'train',
      'wild.json',
      '--data-dir',
      'data',
      '--out',
      'runs/wild',
    );
    expect(code).toBe(5);
    expect(stdout).toContain('wild');
    expect(stderr).toMatch(
      /^hourglass: (training|validation|mean validation) loss (at epoch \d+, step \d+ of \d+|of epoch \d+): must (be a finite number|not exceed 10,000 times the loss at the start) .*; try a lower learning rate \(training\.optimiser\.learningRate=0\.01\) or training\.clipNorm=1\n$/,
    );
    const runs = JSON.parse((await hourglass('runs', '--json')).stdout) as {
      name: string;
      status: string;
      manifest: { note: string; epoch: number };
    }[];
    const wild = runs.find(({ name }) => name === 'wild')!;
    expect(wild.status).toBe('failed');
    expect(stderr).toContain(wild.manifest.note);
    const kept = (await readdir(join(folder, 'runs/wild/checkpoints'))).filter((name) =>
      name.startsWith('step-'),
    );
    expect(kept.length).toBe(Math.min(2, wild.manifest.epoch));
    expect(wild.manifest.epoch).toBeGreaterThan(0);
  });

  test('a data set of one colour trains, and is measured', async () => {
    const black = await writeData(join(folder, 'black'));
    for (const name of ['train-images-idx3-ubyte', 't10k-images-idx3-ubyte']) {
      const bytes = await readFile(join(black, name));
      await writeFile(join(black, name), bytes.fill(0, 16));
    }
    const { code, stderr } = await hourglass(
      'train',
      'tiny.json',
      '--data-dir',
      'black',
      '--out',
      'black-run',
      '--epochs',
      '1',
    );
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('runs and evaluate', () => {
  test('runs lists them, and --json is JSON', async () => {
    const { code, stdout } = await hourglass('runs');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${NAME} +finished +tiny +mnist +3/3 `, 'm'));
    const listed = JSON.parse((await hourglass('runs', '--json')).stdout) as { name: string }[];
    expect(listed.map(({ name }) => name)).toContain(NAME);
  });

  test('runs of a folder without any', async () => {
    expect(await hourglass('runs', '--dir', 'data')).toMatchObject({
      code: 0,
      stdout: "No runs in data; 'npx hourglass train' makes one.\n",
    });
    expect((await hourglass('runs', '--dir', 'data', '--json')).stdout).toBe('[]\n');
  });

  test('evaluate by folder and by name agree, with what training printed', async () => {
    const [byFolder, byName] = [await hourglass('evaluate', RUN), await hourglass('evaluate', NAME)];
    expect(byFolder).toMatchObject({ code: 0, stderr: '' });
    expect(byName.stdout).toBe(byFolder.stdout);
    // Training prints its examples between the figures and the verdict.
    const [figures, verdict] = byFolder.stdout.split(/^(?=verdict)/m);
    expect(finished.stdout).toContain(figures!.trim());
    expect(finished.stdout).toContain(verdict!.trim());
    const { stdout } = await hourglass('evaluate', NAME, '--json', '--split', 'validation');
    expect(JSON.parse(stdout)).toMatchObject({ split: 'validation', dataset: 'mnist', images: 5 });
  });

  test('from another folder, too: the data’s place is remembered', async () => {
    await mkdir(join(folder, 'elsewhere'));
    const { code, stderr } = await run(join(folder, 'elsewhere'), ['evaluate', join('..', RUN)]);
    expect([code, stderr]).toEqual([0, '']);
  });

  test('a damaged run.json, and a missing or damaged model, say so', async () => {
    await train('broken', '--epochs', '1');
    const file = join(folder, 'broken', 'run.json');
    const good = await readFile(file, 'utf8');
    await writeFile(file, good.slice(0, 100));
    expectError(await hourglass('evaluate', 'broken'), 4, 'broken/run.json: is damaged: not valid JSON');
    expectError(await hourglass('train', '--resume', 'broken'), 4, 'is damaged');
    expect((await hourglass('runs', '--dir', '.')).stdout).toMatch(/^broken +damaged/m);
    await writeFile(file, good);
    await writeFile(join(folder, 'broken', 'model', 'encoder.onnx'), 'x');
    await writeFile(join(folder, 'broken', 'model', 'autoencoder.onnx'), 'x');
    expectError(await hourglass('evaluate', 'broken'), 3, 'broken');
    await rm(join(folder, 'broken', 'model'), { recursive: true });
    expectError(
      await hourglass('evaluate', 'broken'),
      4,
      'autoencoder.onnx: is missing; train the recipe again',
    );
  });

  test('a stopped run whose checkpoints or metrics are damaged says so', async () => {
    await train('spoilt', '--epochs', '1');
    const path = (...parts: string[]) => join(folder, 'spoilt', ...parts);
    const manifest = JSON.parse(await readFile(path('run.json'), 'utf8')) as object;
    await writeFile(path('run.json'), JSON.stringify({ ...manifest, status: 'stopped' }));
    await writeFile(path('metrics.jsonl'), '{"epoch":');
    expectError(await hourglass('train', '--resume', 'spoilt'), 4, 'metrics.jsonl, line 1: is damaged');
    for (const name of await readdir(path('checkpoints'))) await writeFile(path('checkpoints', name), 'x');
    expectError(await hourglass('train', '--resume', 'spoilt'), 4, 'no checkpoint can be used');
  });
});

describe('pictures', () => {
  /** Every file of a folder, by name. */
  async function bytesOf(...parts: string[]): Promise<Map<string, string>> {
    const path = join(folder, ...parts);
    const names = (await readdir(path)).sort();
    return new Map(
      await Promise.all(
        names.map(async (name) => [name, (await readFile(join(path, name))).toString('hex')] as const),
      ),
    );
  }

  /** A copy of the finished run, with its run.json changed. */
  async function copyRun(name: string, change: (manifest: string) => string): Promise<void> {
    await cp(join(folder, RUN), join(folder, 'runs', name), { recursive: true });
    const file = join(folder, 'runs', name, 'run.json');
    await writeFile(file, change(await readFile(file, 'utf8')));
  }

  test('of one run are drawn again, with the same bytes, and listed', async () => {
    const before = await bytesOf(RUN, 'pictures');
    await rm(join(folder, RUN, 'pictures'), { recursive: true });
    const { code, stdout, stderr } = await hourglass('pictures', NAME);
    expect([code, stderr]).toEqual([0, '']);
    expect(await bytesOf(RUN, 'pictures')).toEqual(before);
    const listed = stdout.trim().split('\n').sort();
    const pngs = [...before.keys()].filter((name) => name.endsWith('.png'));
    expect(listed).toEqual(pngs.map((name) => join(RUN, 'pictures', name)));
  });

  test('of two runs are their losses and their reconstructions, in a folder of their own', async () => {
    await copyRun('second', (manifest) => manifest.replaceAll(NAME, 'second'));
    const { code, stdout, stderr } = await hourglass('pictures', NAME, 'second', '--out', 'both', '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual(
      ['losses', 'reconstructions'].map((name) => join('both', `${name}.png`)),
    );
    expect([...(await bytesOf('both')).keys()]).toEqual(
      ['losses', 'reconstructions'].flatMap((name) => [`${name}.png`, `${name}.svg`]),
    );
    const [losses, rows] = await Promise.all(
      ['losses', 'reconstructions'].map((name) => readFile(join(folder, 'both', `${name}.svg`), 'utf8')),
    );
    for (const name of [NAME, 'second']) {
      expect(losses).toContain(`${name}, training`);
      expect(rows).toContain(name);
    }
  });

  test('of two runs with the same name show their folders', async () => {
    await copyRun('namesake', (manifest) => manifest);
    const { code } = await hourglass('pictures', NAME, 'namesake', '--out', 'namesakes');
    expect(code).toBe(0);
    const losses = await readFile(join(folder, 'namesakes', 'losses.svg'), 'utf8');
    for (const run of [NAME, 'namesake']) expect(losses).toContain(`${join('runs', run)}, training`);
  });

  test('of a run that is not finished, or has no model, are refused', async () => {
    await copyRun('stopped', (manifest) => manifest.replace('"status": "finished"', '"status": "stopped"'));
    await copyRun('spent', (manifest) => manifest);
    for (const name of ['stopped', 'spent'])
      await rm(join(folder, 'runs', name, 'model'), { recursive: true });
    await copyRun('clipped', (manifest) => manifest.slice(0, 100));
    const told = 'is not there: the run is stopped; finish it: npx hourglass train --resume runs/stopped';
    for (const [runs, words] of [
      [['stopped'], told],
      [[RUN, 'stopped'], told],
      [['spent'], 'autoencoder.onnx: is missing; train the recipe again'],
      [['clipped'], 'run.json: is damaged: not valid JSON'],
    ] as const) {
      expectError(await hourglass('pictures', ...runs), 4, words);
    }
  });
});

describe('report and compare', () => {
  /** A copy of the finished run, with its run.json changed. */
  async function copyRun(name: string, change: (manifest: string) => string): Promise<void> {
    await cp(join(folder, RUN), join(folder, 'runs', name), { recursive: true });
    const file = join(folder, 'runs', name, 'run.json');
    await writeFile(file, change((await readFile(file, 'utf8')).replaceAll(NAME, name)));
  }

  test('a training leaves a report; it is written again with the same bytes', async () => {
    const file = join(folder, RUN, 'report.html');
    const before = await readFile(file, 'utf8');
    expectSound(before);
    expect(before.match(/<img /g)!.length).toBe(
      (await readdir(join(folder, RUN, 'pictures'))).filter((name) => name.endsWith('.svg')).length,
    );
    await rm(file);
    expect(await hourglass('report', NAME)).toMatchObject({
      code: 0,
      stdout: `${join(RUN, 'report.html')}\n`,
      stderr: '',
    });
    expect(await readFile(file, 'utf8')).toBe(before);
    for (const [, link] of before.matchAll(/href="([^"]+)"/g))
      expect(existsSync(join(folder, RUN, link!)), link).toBe(true);
  });

  test('of a run without good results it says so', async () => {
    await copyRun('unread', (manifest) => manifest);
    await copyRun('halted', (manifest) => manifest.replace('"status": "finished"', '"status": "stopped"'));
    await writeFile(join(folder, 'runs/unread/results.json'), '{"keptEpoch": 3');
    expectError(await hourglass('report', 'unread'), 4, 'results.json: is damaged');
    await writeFile(join(folder, 'runs/unread/results.json'), '{"keptEpoch": 3}');
    expectError(await hourglass('compare', NAME, 'unread'), 4, 'results.json: is damaged');
    expectError(
      await hourglass('compare', NAME, 'halted'),
      4,
      'must be a finished run: it is stopped',
      '--resume',
    );
    await rm(join(folder, 'runs/unread/results.json'));
    await rm(join(folder, 'runs/halted/results.json'));
    expectError(await hourglass('report', 'unread'), 4, 'results.json: is missing');
    expectError(
      await hourglass('report', 'halted'),
      4,
      'is not there: the run is stopped',
      '--resume runs/halted',
    );
  }, 180_000);

  test('compare prints what differs and the figures, and writes one page', async () => {
    await train('runs/longer', '--epochs', '5', '--tensorboard', 'none');
    const { code, stdout, stderr } = await hourglass('compare', NAME, 'longer', '--out', 'compared');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^training\.epochs +3 +5$/m);
    expect(stdout).toMatch(/^MAE per pixel .*\d \*.* absolute error/m);
    // Advice may name it, the list of differences does not.
    expect(stdout).not.toMatch(/^training\.batchSize/m);
    expect(stdout.trim().split('\n').at(-1)).toBe(join('compared', 'compare.html'));
    const page = await readFile(join(folder, 'compared/compare.html'), 'utf8');
    expectSound(page);
    expect(page.match(/<img /g)).toHaveLength(2);
    expect(page).toContain('training.epochs');
    const again = await hourglass('compare', NAME, 'longer', '--out', 'compared', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      sameImages: true,
      settings: [{ path: 'training.epochs', values: ['3', '5'] }],
      page: join('compared', 'compare.html'),
    });
  }, 180_000);

  test('compare says of runs on different data that they are, and ranks nothing', async () => {
    await writeData(join(folder, 'other-data'), 5);
    const other = ['train', 'tiny.json', '--data-dir', 'other-data', '--threads', '1', '--out', 'runs/other'];
    await hourglass(...other, '--epochs', '1', '--tensorboard', 'none');
    const { code, stdout } = await hourglass('compare', NAME, 'other', '--json');
    expect(code).toBe(0);
    const comparison = JSON.parse(stdout) as { notes: string[]; page: string; figures: { best: number[] }[] };
    expect(comparison).toMatchObject({ sameImages: false, page: join('runs', 'comparison', 'compare.html') });
    expect(comparison.notes[0]).toContain('cannot be compared');
    expect(comparison.figures.flatMap(({ best }) => best)).toEqual([]);
  });
});

describe('recipes and data', () => {
  test('recipes lists them; --json and --schema are JSON', async () => {
    expect((await hourglass('recipes')).stdout).toContain('stacked-best');
    const list = JSON.parse((await hourglass('recipes', '--json')).stdout) as { name: string }[];
    expect(list.map(({ name }) => name)).toContain('stacked');
    expect(JSON.parse((await hourglass('recipes', '--schema')).stdout)).toHaveProperty('properties.training');
  });

  test('a printed recipe is a recipe file, and prints itself', async () => {
    const { stdout } = await hourglass('recipes', 'stacked');
    await writeFile(join(folder, 'my.json'), stdout);
    expect((await hourglass('recipes', 'my.json')).stdout).toBe(stdout);
  });

  test('data lists the sets, and what a folder holds', async () => {
    const { code, stdout } = await hourglass('data', '--data-dir', 'data');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mnist-10k .*comes with hourglass/m);
    expect(stdout).toMatch(/^mnist +60,000 .* here: .*data, /m);
    expect(JSON.parse((await hourglass('data', '--json')).stdout)).toBeInstanceOf(Array);
  });
});

test('a reader that leaves early is no error', async () => {
  for (const args of [['recipes', '--schema'], ['--help'], ['runs', '--json']]) {
    const started = start(folder, args);
    started.process.stdout!.destroy();
    const { code, stderr } = await started.ended;
    expect([code, stderr]).toEqual([0, '']);
  }
});
