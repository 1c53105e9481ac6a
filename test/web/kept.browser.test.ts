/** Trainings that the browser keeps: what a page relies on when it is closed, when storage is full, and with a second page. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../dist/node/engine/index.js';
import { contentOf } from '../../src/model/content.ts';
import { openModel } from '../../src/model/open.ts';
import type { KeptTraining } from '../../src/web/storage/kept.ts';
import { COUNTS, images, onNode, pixels, type Row, SHAPE } from '../support/page-training.ts';
import { lacking, PYTHON } from '../support/python.ts';
import { openSites, type Site, type SiteFiles, type Sites } from '../support/site.ts';

const SET = { 'training.epochs': 2, 'training.batchSize': 32, adapt: false };
const sites = await openSites();
afterAll(async () => {
  if (typeof sites !== 'string') await sites.close();
});
const skipped = typeof sites === 'string' ? ` (skipped: ${sites})` : '';

/** What the pages have besides `hourglass`. */
const IN_PAGE = `
  const bytes = new Uint8Array(await (await fetch('/images.bin')).arrayBuffer());
  const end = ${COUNTS.train * pixels};
  const data = { ...${JSON.stringify(SHAPE)}, images: bytes.subarray(0, end), test: { images: bytes.subarray(end) } };
  const { hourglass } = window;
  const said = (error) => (error instanceof hourglass.HourglassError) + ' ' + error.message;
  const options = { data, threads: 2, set: ${JSON.stringify(SET)} };
  const rows = [];
  const onEvent = (event) => event.type === 'epoch' && rows.push(event.row);
  const base64 = async (bytes) => {
    const url = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(new Blob([bytes]));
    });
    return url.split(',')[1];
  };
`;

/** Codes of the images on standard input, by the encoder in a file. */
const PYTHON_CODES = `
import json, sys, numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
shape = [-1] + [int(d) for d in session.get_inputs()[0].shape[1:]]
images = (numpy.array(json.load(sys.stdin), numpy.float32) / numpy.float32(255)).reshape(shape)
print(json.dumps([float(v) for v in session.run(None, {session.get_inputs()[0].name: images})[0].ravel()]))
`;

/** Runs code in a page, where it has `data`, `options`, `rows` and `hourglass`. */
const inPage = <T>(page: Page, code: string): Promise<T> =>
  page.evaluate(`(async () => {${IN_PAGE}\n${code}})()`);

/** Trains until the first epoch is kept, and holds the training there. */
const begun = (recipe: string, name: string, set = {}) => `
  await new Promise((resolve, reject) => {
    let control;
    hourglass.train('${recipe}', {
      ...options,
      set: { ...options.set, ...${JSON.stringify(set)} },
      keep: '${name}',
      onStart: (given) => (control = given),
      onEvent(event) {
        if (event.type !== 'epoch') return;
        control.pause();
        resolve();
      },
    }).catch(reject);
  });
`;

describe.skipIf(typeof sites === 'string')(`a training that the browser keeps${skipped}`, () => {
  let shared: Promise<Site> | undefined;
  const change = (files: SiteFiles) => files.set('/images.bin', images);
  const site = () => {
    shared ??= (sites as Sites).site({ change });
    return shared;
  };
  const encoders = new Map<string, { bytes: Uint8Array; codes: number[] }>();

  const near = (found: number, expected: number) =>
    expect(Math.abs(found - expected) / Math.abs(expected)).toBeLessThan(1e-4);

  test.each(['vae', 'stacked-best', 'conv', 'contractive'])(
    '%s goes on where its page was closed, with the bits of one that was not and the numbers of Node',
    async (recipe) => {
      const page = await (await site()).open();
      await inPage(page, begun(recipe, recipe));
      await page.reload();
      await page.waitForFunction('window.hourglass !== undefined');
      const found = await inPage<{
        kept: KeptTraining[];
        rows: Row[];
        same: boolean;
        codes: number[];
        files: [string, string][];
      }>(
        page,
        `
        const whole = await hourglass.train('${recipe}', { ...options, onEvent });
        const resumed = await hourglass.resumeTraining('${recipe}', { data });
        const kept = await hourglass.readTraining('${recipe}');
        const [one, other] = [whole.model, resumed.model].map((files) => files.get('weights.safetensors'));
        const model = await hourglass.loadModel(kept.model);
        const codes = await model.encode(bytes.subarray(0, ${2 * pixels}));
        await model.dispose();
        return {
          kept: await hourglass.listTrainings(),
          rows,
          same: resumed.isKept && one.length === other.length && one.every((byte, i) => byte === other[i]),
          codes: [...codes.data],
          files: await Promise.all([...kept.model].map(async ([name, bytes]) => [name, await base64(bytes)])),
        };`,
      );
      expect(found.kept.find(({ name }) => name === recipe)).toMatchObject({
        ...{ status: 'finished', recipe, epoch: 2, epochs: 2 },
      });
      expect(found.same).toBe(true);
      const expected = await onNode(recipe, SET);
      expect(found.rows.length).toBe(2);
      for (const [i, { training, validation }] of expected.rows.entries()) {
        near(found.rows[i]!.training.loss, training.loss);
        near(found.rows[i]!.validation.loss, validation.loss);
      }
      // What the page made gives the same codes elsewhere.
      const files = new Map(found.files.map(([name, text]) => [name, Buffer.from(text, 'base64')]));
      const model = await openModel(nodeEngine, contentOf('page', files, nodeEngine.sha256), { threads: 1 });
      const codes = await model.encode(images.subarray(0, 2 * pixels));
      for (const [i, code] of codes.data.entries()) expect(found.codes[i]).toBeCloseTo(code, 4);
      await model.dispose();
      encoders.set(recipe, { bytes: files.get('encoder.onnx')!, codes: found.codes });
      await page.close();
    },
  );

  const why = lacking('onnxruntime', 'numpy');
  test.skipIf(why !== undefined)(`gives its codes in Python${why === undefined ? '' : ` (${why})`}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'hourglass-'));
    try {
      expect(encoders.size).toBe(4);
      for (const [recipe, { bytes, codes }] of encoders) {
        const file = join(folder, `${recipe}.onnx`);
        writeFileSync(file, bytes);
        const input = JSON.stringify([...images.subarray(0, 2 * pixels)]);
        const { stdout, stderr } = spawnSync(PYTHON!, ['-c', PYTHON_CODES, file], {
          input,
          encoding: 'utf8',
        });
        expect(stderr).toBe('');
        for (const [i, code] of (JSON.parse(stdout) as number[]).entries())
          expect(codes[i], recipe).toBeCloseTo(code, 4);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is one page's at a time; it is listed, zipped and deleted", async () => {
    const [page, other] = [await (await site()).open(), await (await site()).open()];
    // So many that it cannot end before it is held.
    await inPage(page, begun('quick', 'mine', { 'training.epochs': 30 }));
    const tried = `
      const tries = [
        () => hourglass.train('quick', { ...options, keep: 'mine' }),
        () => hourglass.resumeTraining('mine', { data }),
        () => hourglass.deleteTraining('mine'),
        () => hourglass.resumeTraining('other', { data }),
        () => hourglass.train('quick', { ...options, keep: ' ' }),
      ];
      const messages = [];
      for (const attempt of tries) messages.push(await attempt().then(() => 'no error', said));
      return { messages, mine: (await hourglass.listTrainings()).find(({ name }) => name === 'mine') };`;
    const during = await inPage<{ messages: string[]; mine: KeptTraining }>(other, tried);
    const inUse = /^true training 'mine': is under way, in this page or another one of the site; wait/;
    for (const message of during.messages.slice(0, 3)) expect(message).toMatch(inUse);
    expect(during.messages[3]).toMatch(/^true training 'other': is not kept by this browser; listTrainings/);
    expect(during.messages[4]).toMatch(/^true name of a training: must be a text of 1 to 60 characters/);
    expect(during.mine).toMatchObject({ status: 'running', recipe: 'quick', epochs: 30 });
    expect(during.mine.epoch).toBeGreaterThanOrEqual(1);
    expect(during.mine.epoch).toBeLessThan(30);
    await page.close();
    const after = await inPage<Record<string, unknown>>(
      other,
      `
      const taken = await hourglass.train('quick', { ...options, keep: 'mine' }).catch(said);
      const [stopped] = await hourglass.listTrainings().then((all) => all.filter(({ name }) => name === 'mine'));
      // To a download, and back.
      const zip = await hourglass.zipFiles((await hourglass.readTraining('mine')).files);
      const resumed = await hourglass.resumeTraining(await hourglass.unzipFiles(zip), { data });
      await hourglass.deleteTraining('mine');
      const left = (await hourglass.listTrainings()).some(({ name }) => name === 'mine');
      const again = await hourglass.deleteTraining('mine').catch(said);
      return { taken, status: stopped.status, resumed: resumed.status, left, again };`,
    );
    expect(after.taken).toMatch(/^true training 'mine': is kept by this browser already; resume it/);
    expect(after.again).toMatch(/^true training 'mine': is not kept by this browser/);
    expect(after).toMatchObject({ status: 'stopped', resumed: 'finished', left: false });
    await other.close();
  });

  test('loses nothing where storage is full or its worker is ended', async () => {
    const own = await (sites as Sites).site({ change });
    const page = await own.open();
    const client = await page.context().newCDPSession(page);
    // The worker of a training, as the page sees it.
    await page.evaluate(`window.workers = []; window.Worker = class extends Worker {
      constructor(...given) { super(...given); workers.push(this); }
    };`);
    const ended = await inPage<string>(
      page,
      `${begun('quick', 'ended').replace('resolve();', 'workers.at(-1).terminate();').replace('.catch(reject)', '.then(reject, (error) => resolve(window.reason = said(error)))')}
      return window.reason;`,
    );
    expect(ended).toMatch(
      /^true worker: ended \(the browser stopped it, .*a training with `keep` is resumed/,
    );
    await client.send('Storage.overrideQuotaForOrigin', { origin: own.url, quotaSize: 1 });
    const found = await inPage<{
      first: string;
      warnings: string[];
      run: unknown;
      kept: KeptTraining[];
      same: boolean;
    }>(
      page,
      `
      const first = await hourglass.train('quick', { ...options, keep: 'first' }).then(() => 'no error', said);
      const warnings = [];
      const run = await hourglass.resumeTraining('ended', {
        data,
        onEvent: (event) => event.type === 'warning' && warnings.push(event.message),
      });
      const whole = await hourglass.train('quick', options);
      const [one, other] = [whole.model, run.model].map((files) => files.get('weights.safetensors'));
      return {
        first,
        warnings,
        run: { status: run.status, isKept: run.isKept },
        kept: await hourglass.listTrainings(),
        same: one.length === other.length && one.every((byte, i) => byte === other[i]),
      };`,
    );
    expect(found.first).toMatch(
      /^true first\/run\.json: cannot be written: the storage .* is full; delete trainings/,
    );
    expect(found.warnings).toEqual([
      expect.stringMatching(
        /^ended\/.*is full; .*\. The training goes on in memory: the browser keeps it as it was/,
      ),
    ]);
    expect(found.run).toEqual({ status: 'finished', isKept: false });
    expect(found.same).toBe(true);
    expect(found.kept).toMatchObject([{ name: 'ended', status: 'stopped', epoch: 1 }]);
    await page.close();
  });
});
