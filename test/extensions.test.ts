/**
 * Kinds from outside of src, one file each in test/extensions: a code (with a loss next to it) and a part of the loss.
 * They train on their threads, are shipped, loaded and used, and are shown where those of hourglass are.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  evaluateRun,
  loadModel,
  loadRecipe,
  recipeJsonSchema,
  sample,
  train,
  writeComparison,
} from '../dist/api.js';
import { evaluationTable } from '../dist/cli/evaluation-table.js';
import { loadExtensions } from '../dist/models/index.js';
import { nodeEngine } from '../dist/node/engine/index.js';
import { decodeModel } from '../dist/onnx/index.js';
import { TEST, TINY, temporaryFolder, writeData } from './support/program.ts';

const extension = (name: string) => new URL(`extensions/${name}.js`, import.meta.url).href;

/** With a contraction, a batch of 16 is divided between two threads: each must know the kinds. */
const FOREIGN_CODE = {
  ...TINY,
  name: 'foreign-code',
  model: {
    ...TINY.model,
    encoder: [{ type: 'dense', units: 12, activation: 'tanh' }],
    code: { type: 'uniform', units: 3, levels: 4 },
  },
  loss: { type: 'logcosh' },
  penalties: { contraction: { weight: 0.001 } },
  training: { ...TINY.training, batchSize: 16 },
};
/** The same with a part of the loss that couples the images. */
const FOREIGN_PART = {
  ...FOREIGN_CODE,
  name: 'foreign-part',
  penalties: { ...FOREIGN_CODE.penalties, balance: { weight: 0.01 } },
};

let folder: string;
let options: object;
const runs: string[] = [];
const headers: { notes: readonly string[]; loss: readonly string[] }[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  const dataDir = await writeData(join(folder, 'data'));
  options = { dataDir, offline: true, cacheDir: join(folder, 'cache') };
  await loadExtensions([extension('uniform-code'), extension('balance-penalty')]);
  for (const recipe of [FOREIGN_CODE, FOREIGN_PART]) {
    const { folder: run } = await train(recipe, {
      ...options,
      threads: 2,
      out: join(folder, recipe.name),
      onEvent: (event) => event.type === 'start' && headers.push(event),
    });
    runs.push(run);
  }
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a recipe', () => {
  test('has the settings of the kinds, with their defaults, and its schema has them too', () => {
    const { model, penalties } = loadRecipe(FOREIGN_PART);
    expect(model.code).toEqual({ type: 'uniform', units: 3, levels: 4, centring: { weight: 0.1 } });
    expect(penalties).toMatchObject({ balance: { weight: 0.01, target: 0.5 }, l1: null });
    const schema = JSON.stringify(recipeJsonSchema());
    for (const word of ['uniform', 'levels', 'logcosh', 'balance']) expect(schema).toContain(word);
  });

  test('is refused for wrong settings of theirs, and a kind with the name of another', async () => {
    expect(() => loadRecipe(FOREIGN_CODE, { 'model.code.levels': 1 })).toThrow(
      'recipe: model.code.levels: must be at least 2, got 1',
    );
    const again = `${extension('uniform-code')}?again`;
    await expect(loadExtensions([again])).rejects.toThrow("code 'uniform': already exists");
  });
});

describe('a run', () => {
  test('says in its header what the code notes, and what its loss is', () => {
    expect(headers[0]!.notes).toContainEqual('the code is told in 4 levels, but trained without steps');
    expect(headers[0]!.loss.join()).toContain('smooth absolute error, mean over pixels');
    expect(headers[1]!.loss.join()).toContain('Σ (mean over a batch − 0.5)², summed over units');
  });

  test('has its parts in results, report, summary, comparison and terminal', async () => {
    const [, run] = runs as [string, string];
    const results = JSON.parse(await readFile(join(run, 'results.json'), 'utf8'));
    expect(results.objective.values).toMatchObject({
      centring: expect.any(Number),
      balance: expect.any(Number),
    });
    for (const name of ['report.html', 'summary.md']) {
      const text = await readFile(join(run, name), 'utf8');
      expect(text).toContain('centring of the code');
      expect(text).toContain('balance of the units');
    }
    const table = evaluationTable(await evaluateRun(run, options), {
      colours: picocolors.createColors(false),
      width: 100,
    });
    expect(table.join('\n')).toMatch(/balance of the units +\d/);
    const { page } = await writeComparison(runs, join(folder, 'compared'));
    expect(await readFile(page, 'utf8')).toContain('balance of the units');
  });
});

describe('a model', () => {
  test('is loaded, with its prior and its further output, and used', async () => {
    const model = await loadModel(runs[0]!, { threads: 1 });
    try {
      expect(model.info).toMatchObject({
        codeUnits: 3,
        hasVariance: false,
        prior: { name: 'U(0, 1)', isStandardNormal: false },
      });
      const { data } = await model.encode(new Uint8Array(TEST * 36).fill(100));
      expect(data.every((value) => value > 0 && value < 1)).toBe(true);
      expect((await model.decode(data)).shape).toEqual([TEST, 1, 6, 6]);
      const drawn = await sample(nodeEngine, model, 400);
      expect([drawn.from, drawn.note]).toEqual(['prior', 'codes drawn from the prior U(0, 1)']);
      expect(drawn.images.data).toEqual((await model.decode(drawn.codes.data)).data);
      const sorted = drawn.codes.data.slice().sort();
      for (const share of [0.1, 0.5, 0.9])
        expect(sorted[Math.round(share * sorted.length)]).toBeCloseTo(share, 1);
      const rest = await sample(nodeEngine, model, 100, 1, { first: 300 });
      expect(rest.codes.data).toEqual(drawn.codes.data.subarray(900));
    } finally {
      await model.dispose();
    }
  });

  test('is shipped with what its kind gives: levels next to the code, a sampler of its prior', async () => {
    const outputsOf = async (part: string) => {
      const bytes = await readFile(join(runs[0]!, 'model', `${part}.onnx`));
      return decodeModel(bytes, part).outputs.map(({ name, dtype, shape }) => [name, dtype, shape.at(-1)]);
    };
    expect(await outputsOf('encoder')).toEqual([
      ['code', 'float32', 3],
      ['level', 'int64', 3],
    ]);
    expect(await outputsOf('sampler')).toEqual([
      ['image', 'float32', 6],
      ['code', 'float32', 3],
    ]);
  });
});
