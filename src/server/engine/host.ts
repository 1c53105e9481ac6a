/** The engines of one model: started, and started again when they fail. */
import {
  type Anomalies,
  type AnomalyOptions,
  apart,
  type CodeMetric,
  drawnFrom,
  type ImageValues,
  labelsFor,
  type Model,
  noPosterior,
  type Posterior,
  reconstructedAsNearest,
  type SampleSource,
  type Samples,
  scaled,
  type Told,
} from '../../api.ts';
import { nodeEngine } from '../../node/engine/index.ts';
import type { Call, CallResults, ModelFacts, Operation } from './protocol.ts';
import { BatchQueue, type QueueOptions } from './queue.ts';
import type { FoundNeighbours } from './references.ts';
import { type Engine, isObjection } from './worker.ts';

/** An engine that fails this often within a minute is not restarted: something is wrong with the model or the machine. */
const MOST_FAILURES = 5;

export interface HostOptions extends QueueOptions {
  engines: number;
  /** Milliseconds until a run counts as hung. */
  hung: number;
  start: () => Promise<Engine>;
  onFailure?: (error: unknown) => void;
}

/** A model with the interface of `runs`, and the work that its thread does itself. */
export interface ServedModel extends Model, ModelFacts {
  /** As `sample` of `runs`. */
  sample(count: number, seed: number, from: SampleSource | undefined, told?: Told): Promise<Samples>;
  /** As `neighbours` of `runs`, among the references. */
  neighbours(images: Float32Array, k: number, metric: CodeMetric, told?: Told): Promise<FoundNeighbours>;
  /** As `anomaly` of `runs`. */
  anomaly(images: Float32Array, options: AnomalyOptions): Promise<Anomalies>;
}

/** Values of one run's images: large ones run alone, so that a run stays short and its memory small. */
const BATCH_VALUES = 2 ** 22;

/** Queries of one search at most, and values of one search or judgement: between them others have their turn. */
const QUERIES = 16;
const CALL_VALUES = 2 ** 20;

/** Rows in pieces of so many, copied, with the place of each. */
function* pieces(rows: Float32Array, width: number, count: number): Generator<[number, Float32Array]> {
  const step = width * Math.max(1, count);
  for (let at = 0; at < rows.length; at += step) yield [at, rows.slice(at, at + step)];
}

export class ModelHost {
  readonly facts: ModelFacts;
  private readonly queue: BatchQueue;
  private readonly options: HostOptions;
  private readonly engines = new Set<Engine>();
  private failures: number[] = [];
  private closing = false;

  private constructor(engines: readonly Engine[], options: HostOptions) {
    this.facts = engines[0]!.facts;
    this.options = options;
    const { channels, height, width } = this.facts.info.image;
    const batch = Math.max(
      1,
      Math.min(options.batch, Math.floor(BATCH_VALUES / (channels * height * width))),
    );
    this.queue = new BatchQueue({ ...options, batch });
    for (const engine of engines) this.join(engine);
  }

  /** @throws HourglassError if the model cannot be loaded. */
  static async start(options: HostOptions): Promise<ModelHost> {
    const engines = [await options.start()];
    while (engines.length < options.engines) engines.push(await options.start());
    return new ModelHost(engines, options);
  }

  /** Whether there is an engine: false while the only one is being started again. */
  get ready(): boolean {
    return this.engines.size > 0 && !this.closing;
  }

  /** Images or codes that wait. */
  get waiting(): number {
    return this.queue.waiting;
  }

  /** The model, as `runs` knows one, whose work goes through the queue until `signal` ends it. */
  model(signal: AbortSignal): ServedModel {
    const { info } = this.facts;
    const { channels, height, width } = info.image;
    const image = info.rows === null ? [channels, height, width] : [width];
    const pixels = channels * height * width;
    const through = async (
      operation: Operation,
      rows: Float32Array,
      [from, to]: readonly [from: number, to: readonly number[]],
      told: Told = {},
    ) => {
      const count = rows.length / from;
      const labels = labelsFor(info, told, count);
      const data = await this.queue.run(operation, rows, count, signal, labels);
      return { data, shape: [count, ...to] };
    };
    const encode = (rows: Float32Array, told?: Told) =>
      through('encode', rows, [pixels, [info.codeUnits]], told);
    const decode = (codes: Float32Array, told?: Told) =>
      through('decode', codes, [info.codeUnits, image], told);
    const reconstruct = (rows: Float32Array, told?: Told) =>
      through('reconstruct', rows, [pixels, image], told);
    const posterior = async (images: unknown, told?: Told): Promise<Posterior> => {
      if (!info.givesVariance) throw noPosterior(info, 'encoder.onnx', true);
      const rows = scaled(images as ImageValues);
      return apart(await through('posterior', rows, [pixels, [2, info.codeUnits]], told));
    };
    const few = Math.max(1, Math.floor(CALL_VALUES / pixels));
    /** Reconstructions by a conditional model that is told no class: as the class that fits best. */
    const asNearest = async (images: Float32Array) => {
      const data = new Float32Array(images.length);
      const nearest = { info, reconstruct } as unknown as Model;
      for (const [at, piece] of pieces(images, pixels, few))
        data.set((await reconstructedAsNearest(nearest, piece)).data, at);
      return { data, shape: [images.length / pixels, ...image] };
    };
    const call = <C extends Call>(work: C, count: number) => this.queue.call(work, count, signal);
    return {
      ...this.facts,
      draw: async (count, seed, first = 0) => {
        const { codes } = await call({ verb: 'sample', count, seed, from: 'prior', first, labels: null }, 1);
        return { data: codes, shape: [count, info.codeUnits] };
      },
      sample: async (count, seed, from, told = {}) => {
        const labels = labelsFor(info, told, count);
        const drawn = await call({ verb: 'sample', count, seed, from, first: 0, labels }, 1);
        const images = await decode(drawn.codes, told);
        return { ...drawn, images, codes: { data: drawn.codes, shape: [count, info.codeUnits] } };
      },
      neighbours: async (rows, k, metric, told) => {
        const { data } = await encode(rows, told);
        const found: FoundNeighbours[] = [];
        const neighbours = new Float32Array((data.length / info.codeUnits) * k * pixels);
        const queries = Math.min(QUERIES, Math.floor(CALL_VALUES / (k * pixels)));
        for (const [at, codes] of pieces(data, info.codeUnits, queries)) {
          const piece = await call({ verb: 'neighbours', codes, k, metric }, 1);
          neighbours.set(piece.pixels, (at / info.codeUnits) * k * pixels);
          found.push(piece);
        }
        return {
          ...found[0]!,
          places: found.flatMap(({ places }) => places),
          distances: found.flatMap(({ distances }) => distances),
          classes: found.flatMap(({ classes }) => classes),
          pixels: neighbours,
        };
      },
      anomaly: async (images, { classes, ...options }) => {
        const reconstructions =
          classes === undefined && info.condition !== null
            ? await asNearest(images)
            : await reconstruct(images, classes === undefined ? {} : { classes });
        const found: CallResults['anomaly'][] = [];
        const masks = new Float32Array(images.length);
        const contributions = info.rows === null ? null : new Float32Array(images.length);
        for (const [at, piece] of pieces(images, pixels, few)) {
          const others = reconstructions.data.slice(at, at + piece.length);
          const judged = await call({ verb: 'anomaly', images: piece, reconstructions: others, options }, 1);
          masks.set(judged.masks.data, at);
          contributions?.set(judged.contributions!.data, at);
          found.push(judged);
        }
        return {
          score: found[0]!.score,
          scores: Float64Array.from(found.flatMap(({ scores }) => [...scores])),
          flagged: found.flatMap(({ flagged }) => flagged),
          threshold: found[0]!.threshold,
          masks: { data: masks, shape: reconstructions.shape },
          reconstructions,
          ...(contributions && { contributions: { data: contributions, shape: reconstructions.shape } }),
        };
      },
      encode: (images, told) => encode(scaled(images as ImageValues), told),
      posterior,
      drawPosterior: async (images, { classes, ...draws } = {}) =>
        drawnFrom(nodeEngine, await posterior(images, classes === undefined ? {} : { classes }), draws),
      decode,
      reconstruct: (images, told) => reconstruct(scaled(images as ImageValues), told),
      dispose: async () => {},
      [Symbol.asyncDispose]: async () => {},
    };
  }

  async close(): Promise<void> {
    this.closing = true;
    this.queue.fail('the service is closing');
    await Promise.all([...this.engines].map((engine) => engine.close()));
  }

  private join(engine: Engine): void {
    this.engines.add(engine);
    const watch = async <T>(run: Promise<T>, mayObject: boolean): Promise<T> => {
      try {
        return await this.inTime(run);
      } catch (error) {
        // Whatever else it was, the thread's state is unknown: it makes room for another.
        if (!(mayObject && isObjection(error))) this.lose(engine, watched, error);
        throw error;
      }
    };
    const watched: Engine = {
      ...engine,
      run: (...work) => watch(engine.run(...work), false),
      call: (work) => watch(engine.call(work), true),
    };
    this.queue.add(watched);
    void engine.gone.then(() => this.lose(engine, watched, new Error("a model's thread ended")));
  }

  private lose(engine: Engine, watched: Engine, reason: unknown): void {
    if (!this.engines.delete(engine)) return;
    this.queue.remove(watched);
    void engine.close();
    if (!this.closing) void this.restart(reason);
  }

  /** ONNX Runtime cannot be interrupted, but its thread can be given up. */
  private async inTime<T>(run: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('a run of the model did not end')), this.options.hung);
    });
    return Promise.race([run, hung]).finally(() => clearTimeout(timer));
  }

  private async restart(reason: unknown): Promise<void> {
    const now = performance.now();
    this.failures = [...this.failures.filter((at) => now - at < 60_000), now];
    this.options.onFailure?.(reason);
    if (this.failures.length > MOST_FAILURES) {
      if (this.engines.size === 0) this.queue.fail('the model failed too often');
      return;
    }
    try {
      const engine = await this.options.start();
      if (this.closing) await engine.close();
      else this.join(engine);
    } catch (error) {
      if (this.closing) return;
      // Once more, not at once: until then requests wait, or run into their time-out.
      setTimeout(() => void this.restart(error), 1000).unref();
    }
  }
}
