/**
 * A trained model to use: images to codes, codes to images, images to their reconstructions. It runs the ONNX files that
 * are shipped.
 */
import { diagnosisOfCodes } from '../diagnosis/index.ts';
import { ByteScaler, type FloatArray, type ModelEngine, type Session } from '../engine/index.ts';
import { HourglassError } from '../errors.ts';
import { expectingShortMemory } from '../memory-errors.ts';
import { CLASS, type ImageShape, missingExtension, oneHotInto, type PartName } from '../models/index.ts';
import { rowsWithin, scaleBytes } from '../samples/index.ts';
import { sizeOf } from '../size.ts';
import { knownClasses, labelsFor, type Told } from './classes.ts';
import { fileOfPart, type ModelContent, placeIn } from './content.ts';
import { type ModelFacts, verifyFiles } from './files.ts';
import { codesOf, type ImageValues, imagesOf } from './given-arrays.ts';
import type { Model, ModelInfo } from './interface.ts';
import { normalNumbers } from './normal.ts';
import { drawnFrom, noPosterior, type Posterior, type PosteriorDraws, requireDraws } from './posterior.ts';
import { readPreprocessing, readTiles } from './preprocessing.ts';
import type { Quantised } from './quantised.ts';
import { type RowValues, readRows, rowsOf } from './rows.ts';
import { AUTOREGRESSIVE_FILE, SAMPLERS_FILE } from './samplers/names.ts';
import { parseStatistics, STATISTICS_FILE, type Statistics } from './statistics.ts';
import { configurationIn, type TraitsReader } from './traits.ts';
import { Uses } from './uses.ts';

/** Images that are run at once: as many as fit into this many bytes per channel, so that memory stays flat. */
const ROWS = 500;
const BYTES = ROWS * 4 * 28 * 28;

export type { Model, ModelInfo };

/**
 * Images [n, channels, height, width] as bytes [n, height, width, channels], for a model that scales them itself.
 * @throws HourglassError if floats are not bytes / 255: they would not be what was given.
 */
function interleaved(images: Uint8Array | Float32Array, { channels, height, width }: ImageShape): Uint8Array {
  const bytes = new Uint8Array(images.length);
  const [plane, scale] = [height * width, images instanceof Float32Array ? 255 : 1];
  for (let i = 0; i < images.length; i++) {
    const pixel = i % plane;
    const channel = Math.floor(i / plane) % channels;
    const value = images[i]! * scale;
    const byte = Math.round(value);
    if (!(Math.abs(value - byte) < 1e-3 && byte >= 0 && byte <= 255)) {
      throw new HourglassError('usage', {
        subject: 'images',
        rule: 'must be bytes, or floats that are bytes / 255, for a model that was exported with --preprocess',
        got: images[i],
        hint: "use the run's own model, or export it without --preprocess",
      });
    }
    bytes[i - (i % (plane * channels)) + pixel * channels + channel] = byte;
  }
  return bytes;
}

/** So many are kept for the next calls; more overlap rarely. */
const MOST_SCALERS = 4;

/** The error of a model that cannot draw codes from a prior. */
const noPrior = (recipe: string): HourglassError =>
  new HourglassError('usage', {
    subject: 'samples from the prior',
    rule: `need a variational model: the codes of ${recipe} have no prior`,
    hint: "draw from 'codes', a Gaussian fitted to the codes of the training images",
  });

/** Bytes (0 to 255) or floats as floats in [0, 1]. */
export function scaled(images: ImageValues): Float32Array {
  if (images instanceof Float32Array) return images;
  const floats = new Float32Array(images.length);
  scaleBytes(images, floats);
  return floats;
}

/** The model with these statistics, and what they say of it. */
export function withStatistics(model: Model, statistics: Statistics | null): Model {
  const { hasVariance, rows } = model.info;
  const diagnosis =
    statistics &&
    (statistics.diagnosis ??
      diagnosisOfCodes(statistics.codes, hasVariance, rows === null ? 'image' : 'row'));
  return { ...model, statistics, diagnosis };
}

/** @throws HourglassError for more threads than large machines have cores: thousands would block each other for hours. */
export function requireThreads(threads: number): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= 256) return;
  throw new HourglassError('usage', {
    subject: 'threads',
    rule: 'must be a whole number from 1 to 256',
    got: threads,
  });
}

/**
 * Opens a model from its files, wherever they were read. They are first checked individually and against one another.
 *
 * @param content see {@link contentOf} and {@link contentOfOne}.
 * @param options.threads threads that share one operator's work.
 * @param options.readTraits finds what its recipe says of its use.
 * @throws HourglassError of kind `data` if hourglass did not write the files or they are damaged; `run` if the statistics are
 * damaged or of another model.
 */
export async function openModelBy(
  engine: ModelEngine,
  content: ModelContent,
  { threads, readTraits }: { threads: number; readTraits: TraitsReader },
): Promise<Model> {
  requireThreads(threads);
  const facts = await verifyFiles(content, readTraits);
  const quantised = await quantisedIn(facts, content.source);
  const parts = openParts(engine, content, { facts, quantised, threads });
  // Few models see pictures through windows.
  const model = parts.info.tiles === undefined ? parts : (await import('./pictures.ts')).onPictures(parts);
  const { source, statistics = null } = content;
  const { codeUnits, rows } = model.info;
  const whole = await withSamplers(model, content);
  if (statistics === null) return whole;
  const file = placeIn(source, STATISTICS_FILE);
  const sizes = { codeUnits, columns: rows?.columns.length ?? null };
  return withStatistics(whole, parseStatistics(statistics, sizes, file));
}

/** With what was fitted to its codes after the training, which few models have. */
async function withSamplers(model: Model, content: ModelContent): Promise<Model> {
  const { source, samplers = null, autoregressive = null } = content;
  const { codeUnits, metadata } = model.info;
  const { weights } = metadata;
  let whole = model;
  if (samplers !== null) {
    const { parseSamplers } = await import('./samplers/fitted.ts');
    const file = placeIn(source, SAMPLERS_FILE);
    whole = { ...whole, samplers: parseSamplers(samplers, { codeUnits, weights }, file) };
  }
  if (autoregressive !== null) {
    const { parseAutoregressive } = await import('./samplers/autoregressive.ts');
    const owner = { weights, quantised: model.quantised ?? null };
    const file = placeIn(source, AUTOREGRESSIVE_FILE);
    whole = { ...whole, autoregressive: parseAutoregressive(autoregressive, owner, file) };
  }
  return whole;
}

/** What whole numbers its codes are, if they are quantised. */
async function quantisedIn(
  { traits: { symbols }, metadata, codeUnits, tensors }: ModelFacts,
  source: string,
): Promise<Quantised | null> {
  if (symbols === null) return null;
  const { quantisedOf } = await import('./quantised.ts');
  return quantisedOf(symbols, metadata.codeShape, { codeUnits, tensors, source });
}

interface Opening {
  facts: ModelFacts;
  quantised: Quantised | null;
  threads: number;
}

function openParts(
  engine: ModelEngine,
  content: ModelContent,
  { facts, quantised, threads }: Opening,
): Model {
  const { files, source } = content;
  const { image: shapeOf, codeUnits, takesBytes, noiseUnits, metadata } = facts;
  const { isUnknown = false, prior, hasVariance, condition, corruption } = facts.traits;
  const missing = isUnknown ? missingExtension(source, configurationIn(metadata)) : null;
  if (missing !== null) throw missing;
  const { channels, height, width } = shapeOf;
  const rowInfo = readRows(metadata.rows, source);
  const tiles = rowInfo === null ? readTiles(metadata.tiles, shapeOf, source) : null;
  const preprocessing =
    rowInfo === null
      ? readPreprocessing(metadata.preprocessing, shapeOf, source, tiles)
      : { height, width, channels: 1 as const, fit: 'fill' as const, invert: false, background: 0 };
  const about = { recipe: metadata.recipe!, condition };
  const oneHot = (labels: Uint8Array): FloatArray => {
    const data = new Float32Array(labels.length * facts.conditionUnits);
    oneHotInto(labels, facts.conditionUnits, data);
    return { data, shape: [labels.length, facts.conditionUnits] };
  };
  const sessions = new Map<PartName, Promise<Session>>();
  const sessionOf = (name: PartName): Promise<Session> => {
    let session = sessions.get(name);
    if (session === undefined) {
      session = engine.open(files[name]!, { threads, file: placeIn(source, fileOfPart(name)) });
      sessions.set(name, session);
    }
    return session;
  };
  const has = (name: PartName): boolean => files[name] !== undefined;
  /** The first of the parts that is there. */
  const partFor = (verb: string, names: readonly PartName[]): PartName => {
    const found = names.find(has);
    if (found !== undefined) return found;
    throw new HourglassError('usage', {
      subject: source,
      rule: `lacks the part needed to ${verb}`,
      got: `${Object.keys(files).join(', ')} alone`,
      hint: `add ${fileOfPart(names[0]!)}`,
    });
  };

  const sample = rowInfo === null ? 'image' : 'row';
  const image = rowInfo === null ? [channels, height, width] : [width];
  const given = (values: ImageValues | RowValues) =>
    rowInfo === null ? imagesOf(values, image) : rowsOf(values, rowInfo.columns);
  const most = rowsWithin(BYTES, height * width, ROWS);
  /** Those that no call is using: calls may overlap, and each needs its own. */
  const scalers: ByteScaler[] = [];

  /** Runs one model over rows of `from` values, a bounded number at a time. Each output has the shape `to`. */
  const runFor = async <Output extends string>(
    name: PartName,
    feed: string,
    outputs: readonly Output[],
    values: Float32Array | Uint8Array,
    shapes: { from: number[]; to: number[] },
    given: Told,
  ): Promise<Record<Output, FloatArray>> => {
    const isCode = feed !== sample;
    const [from, to] = [sizeOf(shapes.from), sizeOf(shapes.to)];
    const count = values.length / from;
    const labels = labelsFor(about, given, count);
    const session = await sessionOf(name);
    const results = outputs.map(() => new Float32Array(count * to));
    /** By name, each with its part of the rows. */
    const named = (start: number, end: number) =>
      Object.fromEntries(
        outputs.map((output, k): [string, FloatArray] => [
          output,
          { data: results[k]!.subarray(start * to, end * to), shape: [end - start, ...shapes.to] },
        ]),
      ) as Record<Output, FloatArray>;
    const scaler = scalers.pop() ?? new ByteScaler(engine.memory(), most * channels * height * width);
    const tensorOf = (piece: typeof values, rows: number) => {
      if (takesBytes && !isCode) {
        return { data: interleaved(piece, shapeOf), shape: [rows, height, width, channels] };
      }
      const data = piece instanceof Uint8Array ? scaler.scale(piece) : piece;
      return { data, shape: [rows, ...shapes.from] };
    };
    for (let start = 0; start < count; start += most) {
      const end = Math.min(start + most, count);
      const piece = values.subarray(start * from, end * from);
      const classes = labels === null ? {} : { [CLASS]: oneHot(labels.subarray(start, end)) };
      await session.run({ [feed]: tensorOf(piece, end - start), ...classes }, named(start, end));
    }
    if (scalers.length < MOST_SCALERS) scalers.push(scaler);
    return named(0, count);
  };
  const run = async (
    name: PartName,
    feed: string,
    fetch: string,
    values: Float32Array | Uint8Array,
    shapes: { from: number[]; to: number[] },
    classes: Told = {},
  ): Promise<FloatArray> => (await runFor(name, feed, [fetch], values, shapes, classes))[fetch]!;

  const encode = async (images: ImageValues | RowValues, classes?: Told) => {
    const shapes = { from: image, to: [codeUnits] };
    return run(partFor('encode', ['encoder', 'autoencoder']), sample, 'code', given(images), shapes, classes);
  };
  const posterior = async (values: ImageValues | RowValues, classes: Told = {}): Promise<Posterior> => {
    if (!facts.hasLogVariance) {
      const encoder = placeIn(source, fileOfPart('encoder'));
      throw noPosterior({ recipe: metadata.recipe!, hasVariance }, encoder, has('encoder'));
    }
    const shapes = { from: image, to: [codeUnits] };
    const outputs = ['code', 'logVariance'] as const;
    const found = await runFor('encoder', sample, outputs, given(values), shapes, classes);
    return { mean: found.code, logVariance: found.logVariance };
  };
  const drawPosterior = async (
    values: ImageValues | RowValues,
    { classes, ...draws }: PosteriorDraws & Told = {},
  ): Promise<FloatArray> => {
    requireDraws(draws);
    const told = classes === undefined ? {} : { classes };
    return drawnFrom(engine, await posterior(values, told), draws);
  };
  const decode = async (codesGiven: Float32Array, classes?: Told) => {
    const codes = codesOf(codesGiven, codeUnits);
    // A sampler is a decoder whose codes are called noise, where the prior is N(0, I).
    const part = partFor('decode', noiseUnits === null ? ['decoder', 'sampler'] : ['decoder']);
    const [feed, fetch] = part === 'decoder' ? ['code', 'reconstruction'] : ['noise', sample];
    return run(part, feed!, fetch!, codes, { from: [codeUnits], to: image }, classes);
  };
  const draw = async (count: number, seed: number, first = 0): Promise<FloatArray> => {
    if (prior === null) throw noPrior(metadata.recipe!);
    const units = noiseUnits ?? codeUnits;
    const noise = normalNumbers(engine, count * units, seed, first * units);
    if (prior.isStandardNormal) return { data: noise, shape: [count, codeUnits] };
    // What is drawn is not told the class: all have the same prior.
    const any = facts.conditionUnits === 0 ? {} : { classes: knownClasses(about).slice(0, 1) };
    const shapes = { from: [units], to: [codeUnits] };
    return run(partFor('draw codes from its prior', ['sampler']), 'noise', 'code', noise, shapes, any);
  };
  const reconstruct = async (values: ImageValues | RowValues, classes?: Told) => {
    const images = given(values);
    if (!has('autoencoder') && has('encoder') && (has('decoder') || has('sampler'))) {
      return decode((await encode(images, classes)).data, classes);
    }
    const part = partFor('reconstruct', ['autoencoder']);
    return run(part, sample, 'reconstruction', images, { from: image, to: image }, classes);
  };
  const uses = new Uses(`model ${source}`, async () => {
    for (const session of sessions.values()) await (await session).dispose();
    sessions.clear();
    scalers.length = 0;
  });
  const dispose = () => uses.dispose();
  return {
    info: {
      recipe: metadata.recipe!,
      dataset: metadata.dataset ?? 'unknown',
      image: shapeOf,
      rows: rowInfo,
      codeUnits,
      ...{ prior, hasVariance, condition, corruption },
      givesVariance: hasVariance && facts.hasLogVariance,
      metadata,
      preprocessing,
      ...(tiles === null ? {} : { tiles }),
    },
    statistics: null,
    samplers: null,
    ...(quantised === null ? {} : { quantised }),
    diagnosis: null,
    encode: (images, told) => uses.during(() => expectingShortMemory(() => encode(images, told))),
    posterior: (images, told) => uses.during(() => expectingShortMemory(() => posterior(images, told))),
    drawPosterior: (images, draws) =>
      uses.during(() => expectingShortMemory(() => drawPosterior(images, draws))),
    decode: (codes, told) => uses.during(() => expectingShortMemory(() => decode(codes, told))),
    draw: (count, seed, first) => uses.during(() => expectingShortMemory(() => draw(count, seed, first))),
    reconstruct: (images, told) => uses.during(() => expectingShortMemory(() => reconstruct(images, told))),
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}
