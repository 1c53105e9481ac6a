/**
 * For the test against the real TensorBoard: a log folder that holds something of everything, and the server
 * on it, started on a free loopback port and asked over HTTP.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePng } from '../png.ts';
import {
  countBuckets,
  embeddingMetadata,
  embeddingTensor,
  encodeGraph,
  encodeGraphDef,
  encodeStart,
  encodeSummaries,
  eventFileName,
  histogram,
  hparamsEnd,
  hparamsExperiment,
  hparamsStart,
  images,
  PROJECTOR_CONFIG,
  projectorConfig,
  scalar,
  spriteSheet,
  text,
} from './index.ts';

const at = (step: number) => ({ wallTime: 1_700_000_000 + step, step });
export const png = (fill: number, channels: 1 | 3 = 1) =>
  encodePng({ width: 5, height: 4, channels, data: new Uint8Array(20 * channels).fill(fill) });
export const values = Float32Array.from({ length: 200 }, (_, i) => Math.sin(i));

const GRAPH = encodeGraphDef([
  { name: 'images', op: 'Input', inputs: [], shape: ['N', 784], dtype: 'float32' },
  { name: 'encoder/dense1/weight', op: 'Input', inputs: [], shape: [784, 32], dtype: 'float32' },
  {
    name: 'encoder/dense1/MatMul:0',
    op: 'MatMul',
    inputs: ['images', 'encoder/dense1/weight'],
    shape: ['N', 32],
    dtype: 'float32',
    attributes: { transpose: 0, pads: [1, 2], note: 'a "quoted" { text }' },
  },
  { name: 'encoder', op: 'Sum', inputs: ['encoder/dense1/MatMul:0'], shape: [], dtype: 'float32' },
]);

/** Run `a`, two files: the first is cut off in a record, the second resumes from step 2. */
export function writeRun(folder: string): void {
  const run = join(folder, 'a');
  mkdirSync(run);
  const announced = new Set<string>();
  const first = join(run, eventFileName(1_700_000_000));
  writeFileSync(first, encodeStart(at(0)));
  appendFileSync(first, encodeGraph(at(0), GRAPH));
  const experiment = hparamsExperiment({
    name: 'test',
    description: 'learning *rates*',
    created: 1_700_000_000,
    hparams: [
      { name: 'rate', type: 'number', displayName: 'learning rate', domain: { min: 0, max: 1 } },
      { name: 'activation', type: 'string', domain: ['relu', 'tanh'] },
      { name: 'tied', type: 'boolean' },
    ],
    metrics: [{ tag: 'loss/validation', dataset: 'validation', displayName: 'validation loss' }],
  });
  const start = hparamsStart({ rate: 0.5, activation: 'tanh', tied: false }, { started: 1_700_000_000 });
  appendFileSync(first, encodeSummaries(at(0), [experiment, start, text('recipe', '# Title')], announced));
  const table = [
    ['a', 'b'],
    ['c', 'd'],
  ];
  appendFileSync(first, encodeSummaries(at(0), [text('table', table)], announced));
  for (const step of [0, 1, 2, 3]) {
    const summaries = [
      scalar('loss/validation', 4 - step, { displayName: 'Loss', description: 'a **sum**' }),
      images('reconstructions', [png(step), png(step + 100, 3)], { description: 'test images' }),
      histogram('weights', countBuckets(values)),
      histogram('biases', countBuckets(new Float32Array(10))),
      histogram('nothing', countBuckets(new Float32Array())),
    ];
    appendFileSync(first, encodeSummaries(at(step), summaries, announced));
  }
  appendFileSync(first, encodeSummaries(at(4), [scalar('loss/validation', 0)], announced).subarray(0, 30));
  const second = join(run, eventFileName(1_700_000_100));
  writeFileSync(second, encodeStart(at(2)));
  appendFileSync(second, encodeSummaries(at(2), [scalar('loss/validation', 20), scalar('nan', Number.NaN)]));
  appendFileSync(second, encodeSummaries(at(2), [hparamsEnd('success', 1_700_000_200)]));
}

/** A run of codes: an event file, so that it is a run, and the projector's files next to it. */
export function writeCodes(run: string, vectors: Float32Array): void {
  mkdirSync(run);
  writeFileSync(join(run, eventFileName(1_700_000_300)), encodeStart(at(0)));
  const { bytes, extension } = embeddingTensor(vectors, [5, 3]);
  writeFileSync(join(run, `codes.${extension}`), bytes);
  const labels = [
    { name: 'index', values: [0, 1, 2, 3, 4] },
    { name: 'class', values: ['zero', 'one', '', 'three', 'fo\tur'] },
  ];
  writeFileSync(join(run, 'labels.tsv'), embeddingMetadata(labels));
  const sheet = spriteSheet(new Uint8Array(5 * 6).fill(9), { count: 5, height: 2, width: 3 });
  writeFileSync(join(run, 'sprites.png'), encodePng(sheet));
  const config = projectorConfig([
    {
      name: 'codes',
      shape: [5, 3],
      tensorPath: `codes.${extension}`,
      metadataPath: 'labels.tsv',
      sprite: { path: 'sprites.png', width: 3, height: 2 },
    },
  ]);
  writeFileSync(join(run, PROJECTOR_CONFIG), config);
}

export class TensorBoard {
  private readonly child: ChildProcess;
  private readonly address: string;
  private readonly output: () => string;

  private constructor(child: ChildProcess, address: string, output: () => string) {
    this.child = child;
    this.address = address;
    this.output = output;
  }

  /** Resolves when the server says where it listens. */
  static async start(python: string, folder: string): Promise<TensorBoard> {
    const flags = ['--port', '0', '--host', '127.0.0.1', '--load_fast=false', '--reload_interval', '1'];
    const child = spawn(python, ['-m', 'tensorboard.main', '--logdir', folder, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const address = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        output += chunk;
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
        if (found) resolve(found[0]);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`TensorBoard ended with ${code}: ${output}`)));
    });
    return new TensorBoard(child, address, () => output);
  }

  /** What it printed: its warnings about the files. */
  get printed(): string {
    return this.output();
  }

  async get(path: string, query: Record<string, string | number> = {}): Promise<Buffer> {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) search.set(key, String(value));
    return this.answer(path, await fetch(`${this.address}/data/${path}?${search}`));
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever the server answers is looked into by the test
  async json(path: string, query: Record<string, string | number> = {}): Promise<any> {
    return JSON.parse((await this.get(path, query)).toString());
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  async post(path: string, body: unknown): Promise<any> {
    const request = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    };
    return JSON.parse(
      (await this.answer(path, await fetch(`${this.address}/data/${path}`, request))).toString(),
    );
  }

  private async answer(path: string, response: Response): Promise<Buffer> {
    const body = Buffer.from(await response.arrayBuffer());
    if (!response.ok) throw new Error(`${path}: ${response.status} ${body}\n${this.printed}`);
    return body;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }
}

/** Asks until the answer is what is waited for: TensorBoard loads in the background. */
export async function until<T>(ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (good(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
