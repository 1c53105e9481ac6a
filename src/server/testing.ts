/** A service without ONNX Runtime, for tests: its model's arithmetic is plain to see. */
import { anomaly, type Model } from '../api.ts';
import { wholePreprocessing } from '../data/images/index.ts';
import { HourglassError } from '../errors.ts';
import { specOfRows, type TableEncoding } from '../tables/index.ts';
import { createApp } from './app.ts';
import { ModelHost } from './engine/host.ts';
import type { Call, CallResults, ModelFacts, Operation } from './engine/protocol.ts';
import type { Engine } from './engine/worker.ts';
import type { App } from './hono-app.ts';
import { decodePictures } from './requests/decode-pictures.ts';
import { type Limits, type ServeOptions, settingsOf } from './settings.ts';
import { ServiceState } from './state.ts';
import { performAtDesk } from './work/desk.ts';
import type { Runner } from './work/pool.ts';

export const SIDE = 3;
export const PIXELS = SIDE * SIDE;
export const UNITS = 2;

/** Codes are a sample's first two values, doubled; decoding repeats the first unit; reconstructing is 1 − x. */
export function compute(operation: Operation, rows: Float32Array, pixels = PIXELS): Float32Array {
  if (operation === 'reconstruct') return rows.map((value) => 1 - value);
  if (operation === 'posterior') {
    // The codes, and of every unit a variance of e⁻².
    const codes = compute('encode', rows, pixels);
    const both = new Float32Array(2 * codes.length).fill(-2);
    for (let n = 0; n * UNITS < codes.length; n++) {
      both.set(codes.subarray(n * UNITS, (n + 1) * UNITS), 2 * n * UNITS);
    }
    return both;
  }
  const [from, to] = operation === 'encode' ? [pixels, UNITS] : [UNITS, pixels];
  const result = new Float32Array((rows.length / from) * to);
  for (let n = 0; n * from < rows.length; n++) {
    for (let i = 0; i < to; i++) {
      result[n * to + i] = operation === 'encode' ? 2 * rows[n * from + i]! : rows[n * from]!;
    }
  }
  return result;
}

export interface FakeEngine extends Engine {
  /** The operations, rows and classes of every run. */
  readonly runs: { operation: Operation; count: number; labels?: number[] }[];
  /** While set, runs wait for it. */
  hold: Promise<void> | null;
  /** Makes the next run fail, with this error if it is one. */
  breaks: boolean | Error;
  /** Multiplies results. */
  scale: number;
  fail(): void;
}

const PLAIN: ModelFacts = {
  info: {
    recipe: 'plain',
    dataset: 'none',
    image: { channels: 1, height: SIDE, width: SIDE },
    rows: null,
    codeUnits: UNITS,
    prior: { name: 'N(0, I)', isStandardNormal: true },
    hasVariance: true,
    condition: null,
    givesVariance: true,
    corruption: { type: 'none' },
    metadata: {},
    preprocessing: wholePreprocessing({ channels: 1, height: SIDE, width: SIDE }),
  },
  statistics: null,
  samplers: null,
  diagnosis: null,
  encoding: null,
  references: null,
};

/** A conditional model: results are those of {@link compute}, and the label added to each value. */
export const factsOfClasses = (classes: readonly string[], unseen: readonly string[] = []): ModelFacts => ({
  ...PLAIN,
  info: { ...PLAIN.info, condition: { classes, unseen } },
});

/** A model of rows by an encoding, with the arithmetic of {@link compute}. */
export function factsOfRows(encoding: TableEncoding, statistics: ModelFacts['statistics']): ModelFacts {
  const { columns = [] } = specOfRows(encoding);
  const { offset, scale } = encoding;
  const image = { channels: 1, height: 1, width: columns.length };
  const rows = { columns, offset, scale, table: encoding };
  return { ...PLAIN, info: { ...PLAIN.info, image, rows }, statistics, encoding };
}

export function fakeEngine(facts: ModelFacts = PLAIN): FakeEngine {
  const { image, rows: ofRows } = facts.info;
  const pixels = image.channels * image.height * image.width;
  let leave = () => {};
  const gone = new Promise<void>((resolve) => {
    leave = resolve;
  });
  let busy = false;
  return {
    facts,
    runs: [],
    hold: null,
    breaks: false,
    scale: 1,
    gone,
    fail: leave,
    async run(operation, rows, labels) {
      if (busy) throw new Error('two runs at once');
      busy = true;
      const count = rows.length / (operation === 'decode' ? UNITS : pixels);
      this.runs.push({ operation, count, ...(labels === null ? {} : { labels: [...labels] }) });
      await (this.hold ?? new Promise((resolve) => setTimeout(resolve, 1)));
      busy = false;
      if (this.breaks) throw this.breaks === true ? new Error('broken /secret/path') : this.breaks;
      const results = compute(operation, rows, pixels);
      const width = results.length / count;
      // What a class does is plain to see: it is added.
      return results.map((value, i) => value * this.scale + (labels?.[Math.floor(i / width)] ?? 0));
    },
    async call<C extends Call>(call: C): Promise<CallResults[C['verb']]> {
      if (call.verb === 'anomaly' && ofRows !== null) {
        const { images, reconstructions, options } = call;
        const shape = [images.length / pixels, pixels];
        const model = { ...facts, reconstruct: async () => ({ data: reconstructions, shape }) };
        return (await anomaly(model as unknown as Model, images, options)) as never;
      }
      if (call.verb === 'sample') {
        const codes = new Float32Array(call.count * UNITS).fill(call.seed / 8);
        return { codes, from: call.from ?? 'prior', note: 'codes of the test' } as never;
      }
      throw new HourglassError('usage', { subject: 'the test', rule: 'has no calls' });
    },
    async close() {
      leave();
    },
  };
}

/** Work without a thread or a process: these run what the build made. */
function inline<J, R>(perform: (job: J) => Promise<R>): Runner<J, R> {
  return { run: (job) => perform(job), close: async () => {} };
}

export interface TestService {
  app: App;
  state: ServiceState;
  engine: FakeEngine;
  /** Every engine that was started, the first one first. */
  engines: FakeEngine[];
  errors: unknown[];
  /** A request to the app, by the name localhost. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** A JSON request to a verb of the model. */
  post(verb: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

export async function testService(
  options: Omit<ServeOptions, 'limits'> & { limits?: Partial<Limits> } = {},
  facts: ModelFacts = PLAIN,
): Promise<TestService> {
  const errors: unknown[] = [];
  const engines: FakeEngine[] = [];
  const settings = settingsOf({ onError: (error) => errors.push(error), ...options });
  const host = await ModelHost.start({
    engines: 1,
    batch: settings.limits.batch,
    waiting: settings.limits.waiting,
    hung: settings.limits.computeTime * 2,
    start: async () => {
      engines.push(fakeEngine(facts));
      return engines.at(-1)!;
    },
    onBatch: (operation, rows, seconds) => state.metrics.computed('plain', operation, rows, seconds),
  });
  const state = new ServiceState(settings, new Map([['plain', host]]), {
    desk: inline(performAtDesk),
    decoders: inline(decodePictures),
  });
  const app = createApp(state);
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has('host')) headers.set('host', 'localhost:8080');
    return app.request(`http://localhost:8080${path}`, { ...init, headers });
  };
  const post = (verb: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(`/v1/models/plain/${verb}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { app, state, engine: engines[0]!, engines, errors, ask, post };
}
