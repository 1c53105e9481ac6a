/** The real TensorBoard shows what is written here, where it is installed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacking, PYTHON } from '../../../test/support/python.ts';
import { decodePng } from '../png.ts';
import { countBuckets } from './index.ts';
import { png, TensorBoard, until, values, writeCodes, writeRun } from './testing.ts';

const why = lacking('tensorboard');

describe.skipIf(why !== undefined)(`TensorBoard${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  let folder: string;
  let board: TensorBoard;
  const one = { run: 'a', tag: '' };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hourglass-tensorboard-'));
    writeRun(folder);
    board = await TensorBoard.start(PYTHON!, folder);
    await until(
      () => board.json('plugin/scalars/tags'),
      (tags) => tags.a?.nan !== undefined,
    );
  });

  afterAll(async () => {
    await board?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  test('shows scalars, without the steps that were taken again', async () => {
    const tags = await board.json('plugin/scalars/tags');
    expect(Object.keys(tags.a).sort()).toEqual(['loss/validation', 'nan']);
    expect(tags.a['loss/validation'].displayName).toBe('Loss');
    expect(tags.a['loss/validation'].description).toContain('<strong>sum</strong>');
    const curve = await board.json('plugin/scalars/scalars', { ...one, tag: 'loss/validation' });
    expect(curve).toEqual([
      [1_700_000_000, 0, 4],
      [1_700_000_001, 1, 3],
      [1_700_000_002, 2, 20],
    ]);
    const nan = await board.get('plugin/scalars/scalars', { ...one, tag: 'nan' });
    expect(nan.toString()).toContain('NaN');
  });

  test('shows images', async () => {
    const tags = await board.json('plugin/images/tags');
    expect(tags.a.reconstructions).toMatchObject({ samples: 2, description: '<p>test images</p>' });
    const query = { ...one, tag: 'reconstructions', sample: 1 };
    const shown = await board.json('plugin/images/images', query);
    expect(shown).toMatchObject([{ step: 0 }, { step: 1 }]);
    const { query: blob } = shown[1];
    const bytes = await board.get(
      'plugin/images/individualImage',
      Object.fromEntries(new URLSearchParams(blob)),
    );
    expect(new Uint8Array(bytes)).toEqual(new Uint8Array(png(101, 3)));
  });

  test('shows histograms and distributions', async () => {
    const shown = async (tag: string) =>
      (await board.json('plugin/histograms/histograms', { ...one, tag }))[0];
    const rows = (await shown('weights'))[2];
    expect(rows.flat()).toEqual([...countBuckets(values)]);
    expect((await shown('biases'))[2]).toEqual([[0, 0, 10]]);
    expect((await shown('nothing'))[2]).toEqual([]);
    for (const tag of ['weights', 'biases', 'nothing']) {
      const distribution = await board.json('plugin/distributions/distributions', { ...one, tag });
      expect(distribution).toHaveLength(2);
      expect(distribution[0][2]).toHaveLength(9);
    }
  });

  test('shows text and tables', async () => {
    const shown = await board.json('plugin/text/text', { ...one, tag: 'recipe' });
    expect(shown).toMatchObject([{ step: 0, text: '<h1>Title</h1>' }]);
    const [table] = await board.json('plugin/text/text', { ...one, tag: 'table' });
    expect(table.text.match(/<td>/g)).toHaveLength(4);
  });

  test('shows the graph', async () => {
    expect((await board.json('plugin/graphs/info')).a).toMatchObject({ run_graph: true });
    const graph = (await board.get('plugin/graphs/graph', { run: 'a' })).toString();
    expect(graph.match(/^node \{/gm)).toHaveLength(4);
    const node = graph.slice(graph.indexOf('name: "encoder/dense1/MatMul_0"'));
    for (const line of [
      'op: "MatMul"',
      'input: "images"',
      'input: "encoder/dense1/weight"',
      'type: DT_FLOAT',
      'size: -1',
      'name: "N"',
      's: "a \\"quoted\\" { text }"',
      's: "[1, 2]"',
    ]) {
      expect(node).toContain(line);
    }
    expect(graph).toMatch(/versions \{\s+producer: 22/);
  });

  test('compares hyper-parameters', async () => {
    const experiment = await board.post('plugin/hparams/experiment', {});
    // Sorted by name.
    expect(experiment.hparamInfos).toMatchObject([
      { name: 'activation', type: 'DATA_TYPE_STRING', domainDiscrete: ['relu', 'tanh'] },
      {
        name: 'rate',
        displayName: 'learning rate',
        type: 'DATA_TYPE_FLOAT64',
        domainInterval: { minValue: 0, maxValue: 1 },
      },
      { name: 'tied', type: 'DATA_TYPE_BOOL' },
    ]);
    expect(experiment.metricInfos).toMatchObject([
      { name: { tag: 'loss/validation' }, displayName: 'validation loss', datasetType: 'DATASET_VALIDATION' },
    ]);
    const { sessionGroups } = await board.post('plugin/hparams/session_groups', {
      startIndex: 0,
      sliceSize: 10,
      allowedStatuses: ['STATUS_UNKNOWN', 'STATUS_SUCCESS', 'STATUS_FAILURE', 'STATUS_RUNNING'],
    });
    expect(sessionGroups).toHaveLength(1);
    expect(sessionGroups[0].hparams).toEqual({ rate: 0.5, activation: 'tanh', tied: false });
    expect(sessionGroups[0].sessions).toMatchObject([
      { name: 'a', status: 'STATUS_SUCCESS', startTimeSecs: 1_700_000_000, endTimeSecs: 1_700_000_200 },
    ]);
    expect(sessionGroups[0].metricValues).toMatchObject([{ value: 20, trainingStep: 2 }]);
  });

  test.each([
    ['a/codes', Float32Array.from({ length: 15 }, (_, i) => Math.cos(i))],
    ['zeros', new Float32Array(15)],
  ])('takes up codes that are added while it runs, in %s', async (name, vectors) => {
    writeCodes(join(folder, name), vectors);
    await until(
      () => board.json('plugin/projector/runs'),
      (runs) => runs.includes(name),
    );
    const info = await board.json('plugin/projector/info', { run: name });
    expect(info.embeddings).toMatchObject([
      { tensorName: 'codes', tensorShape: [5, 3], sprite: { singleImageDim: [3, 2] } },
    ]);
    const query = { run: name, name: 'codes' };
    const tensor = await board.get('plugin/projector/tensor', query);
    expect(new Float32Array(new Uint8Array(tensor).buffer)).toEqual(vectors);
    const labels = (await board.get('plugin/projector/metadata', query)).toString();
    expect(labels).toBe('index\tclass\n0\tzero\n1\tone\n2\t(blank)\n3\tthree\n4\tfo ur\n');
    const sprite = await board.get('plugin/projector/sprite_image', query);
    expect(decodePng(sprite, 'sprite')).toMatchObject({ width: 9, height: 6, channels: 1 });
  });

  test('lists every dashboard as active, and complains of nothing but the cut-off record', async () => {
    const used = [
      'scalars',
      'images',
      'histograms',
      'distributions',
      'text',
      'graphs',
      'hparams',
      'projector',
    ];
    const active = async () => {
      const plugins = await board.json('plugins_listing');
      return used.filter((plugin) => plugins[plugin].enabled);
    };
    expect(await until(active, (found) => found.length === used.length)).toEqual(used);
    expect(board.printed).not.toMatch(/Traceback|rror/);
  });
});
