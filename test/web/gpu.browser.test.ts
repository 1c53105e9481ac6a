/** `device: 'webgpu'` in a browser, on a GPU that the processor imitates: the losses are those of Node. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type Served, serveFiles, startChromium } from '../support/browser.ts';
import { COUNTS, images, onNode, type Row, SHAPE } from '../support/page-training.ts';

const BUILT = fileURLToPath(new URL('../../dist/browser/', import.meta.url));
const PAGE = `<!doctype html><title>hourglass</title><script type="module">
  import { train } from '/hourglass.js';
  window.trainOn = async (device, split, set) => {
    const bytes = new Uint8Array(await (await fetch('/images.bin')).arrayBuffer());
    const data = { ...${JSON.stringify(SHAPE)}, images: bytes.subarray(0, split), test: { images: bytes.subarray(split) } };
    const rows = [];
    let note;
    const onEvent = (event) => {
      if (event.type === 'epoch') rows.push(event.row);
      if (event.type === 'start') note = JSON.stringify(event);
    };
    try {
      const { status } = await train('vae', { data, set, threads: 1, device, onEvent });
      return { rows, note, status };
    } catch (error) {
      return { error: error.message };
    }
  };
</script>`;
const SPLIT = COUNTS.train * SHAPE.height * SHAPE.width;
const SET = {
  'training.epochs': 1,
  'training.batchSize': 64,
  'model.encoder': [{ type: 'dense', units: 16, activation: 'elu' }],
  'model.decoder': [{ type: 'dense', units: 16, activation: 'elu' }],
};

interface Found {
  rows: Row[];
  note: string;
  status: string;
  error?: string;
}

describe('webgpu', async () => {
  const servers: Served[] = [];
  const closing: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of closing) await close();
    for (const server of servers) await server.close();
  });

  /** Trains in a browser of its own; null where there is none. */
  async function trainedOn(device: string, gpu: boolean): Promise<Found | null> {
    const started = await startChromium({ gpu });
    if (typeof started === 'string') return null;
    closing.push(started.close);
    const files = new Map<string, Uint8Array | string>(
      readdirSync(BUILT).map((name) => [`/${name}`, readFileSync(BUILT + name)]),
    );
    const server = await serveFiles(files.set('/page.html', PAGE).set('/images.bin', images));
    servers.push(server);
    const page = await started.browser.newPage();
    page.setDefaultTimeout(200_000);
    await page.goto(`${server.url}/page.html`);
    await page.waitForFunction('window.trainOn !== undefined');
    return page.evaluate<Found>(`window.trainOn('${device}', ${SPLIT}, ${JSON.stringify(SET)})`);
  }

  test('trains with the losses of Node, and says that it is on a GPU', async ({ skip }) => {
    const found = await trainedOn('webgpu', true);
    if (found === null) return skip('no browser');
    // Not every Chromium can imitate one.
    if (found.error !== undefined && /finds no GPU|has no WebGPU|cannot suspend/.test(found.error)) {
      return skip(found.error);
    }
    expect(found.error).toBeUndefined();
    expect(found.status).toBe('finished');
    expect(found.note).toContain('on webgpu');
    const { rows } = await onNode('vae', SET);
    expect(Math.abs(found.rows[0]!.training.loss / rows[0]!.training.loss - 1)).toBeLessThan(1e-4);
    expect(Math.abs(found.rows[0]!.validation.loss / rows[0]!.validation.loss - 1)).toBeLessThan(1e-4);
  });

  test('without a GPU, asking for one is an error, and auto takes the processor and says why', async ({
    skip,
  }) => {
    const refused = await trainedOn('webgpu', false);
    if (refused === null) return skip('no browser');
    expect(refused.error).toMatch(/^device: 'webgpu' cannot be used here \(/);
    const chosen = await trainedOn('auto', false);
    expect(chosen?.status).toBe('finished');
    expect(chosen?.note).toContain('on the processor: ');
  });
});
