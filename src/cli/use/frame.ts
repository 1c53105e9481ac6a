/** What the commands that use a model share: flags, the model, the stream of images, the end. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Batch, Destination, Format, Model, openForUse, ScoreKind, Sink, Written } from '../../api.ts';
import { FITS } from '../../choices.ts';
import type { ReadBatch, ReadBefore } from '../../data/images/index.ts';
import { HourglassError } from '../../errors.ts';
import { printableJson } from '../../printable.ts';
import { wholeNumber } from '../arguments.ts';
import { findRun } from '../find-run.ts';
import { tell } from '../output.ts';
import { shown } from '../paths.ts';
import { type Counter, counter } from './counter.ts';

export interface UseFlags {
  out?: string;
  format?: Format;
  sheet?: boolean;
  rawCsv?: boolean;
  force?: boolean;
  json?: boolean;
  batch: number;
  threads?: number;
  dataDir?: string;
  offline?: boolean;
}

export interface InputFlags extends UseFlags {
  onBad: 'stop' | 'skip';
  limit?: number;
  fit?: (typeof FITS)[number];
  invert?: boolean;
  background?: number;
  followLinks?: boolean;
  resume?: boolean;
  queue?: string | true;
  store?: string | true;
}

export const MODEL = "the folder of a finished run, its model/ folder alone, or a run's name in runs/";
export const INPUTS =
  "images: folders, files or globs of pictures (PNG, JPEG, WebP, TIFF, GIF, AVIF, BMP); tar archives and Parquet files with pictures; IDX, NPY and CSV files; a data set's split such as mnist-10k:test; '-' for standard input";

export const INPUT_HELP = `
Images of any size and colour are converted to what the model takes, as its training images were; each kind of
conversion is reported once. Without --out, text goes to standard output; messages go to standard error.`;

/** The flags that all these commands share. */
export function withOutput(command: Command, formats: string): Command {
  return command
    .option('--out <path>', `where the output goes: ${formats}; '-' is standard output`)
    .option('--force', 'replace existing files')
    .option('--json', 'print what was done as JSON')
    .option('--threads <n>', "processor threads (default: the processor's cores)", wholeNumber(1))
    .option('--data-dir <folder>', "a folder with the run's data: IDX files, or images that were moved")
    .option('--offline', 'never use the network');
}

export function withFormat(command: Command, formats: readonly Format[]): Command {
  command.addOption(
    new Option('--format <format>', "what is written (default: by --out's ending)").choices(formats),
  );
  // anomaly writes scores.csv into its folder.
  return formats.includes('csv')
    ? command.option('--raw-csv', 'leave text in CSV as it is, even where a spreadsheet would compute it')
    : command;
}

export function withInputs(command: Command): Command {
  return withBatch(command)
    .addOption(
      new Option(
        '--on-bad <what>',
        'files that cannot be read: end the command at the first, or report and skip them',
      )
        .choices(['stop', 'skip'])
        .default('stop'),
    )
    .option('--limit <n>', 'use only the first n images', wholeNumber(1))
    .addOption(
      new Option(
        '--fit <how>',
        "how images of other proportions are fitted (default: the model's own)",
      ).choices(FITS),
    )
    .option('--invert', 'swap black and white, for dark ink on paper')
    .option(
      '--background <grey>',
      'the grey behind transparent pixels and in borders, 0 to 255',
      wholeNumber(0, 255),
    )
    .option('--follow-links', 'follow links in folders');
}

/** For outputs that take hours: the flag that continues them. */
export function withResume(command: Command): Command {
  return command.option(
    '--resume',
    "continue an output that was not finished, where it stopped; what was done is kept in a folder '<out>.part'",
  );
}

/** Larger batches than this take more memory and no less time. */
const LARGEST_BATCH = 4096;

export function withBatch(command: Command): Command {
  return command.option('--batch <n>', 'how many images are run at once', wholeNumber(1, LARGEST_BATCH), 256);
}

export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('It must be a number from 0 to 1.');
  }
  return value;
}

export function scoreNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('It must be a number, 0 or more.');
  }
  return value;
}

/** What a command gets to work with. */
export interface Use {
  model: Model;
  /** Where the model lies. */
  path: string;
  count: Counter;
  /** One line for people, on standard error. */
  note(text: string): void;
}

/**
 * Opens the model, does the work and prints the result. Ctrl-C ends it after the current batch and leaves nothing
 * half-written.
 */
export async function useModel(
  given: string,
  flags: UseFlags,
  needs: {
    statistics: boolean;
    score?: ScoreKind;
    total?: number;
    unit?: string;
    sampler?: Parameters<typeof openForUse>[1]['sampler'];
  },
  work: (use: Use) => Promise<Written & object>,
): Promise<void> {
  const path = await findRun(given);
  const { findingText, openForUse: open, uselessness } = await import('../../api.ts');
  const count = counter(process.stderr, needs.unit ?? 'images', needs.total);
  const note = (text: string) => count.say(text);
  const stop = () => count.interrupt();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const { statistics, score, sampler } = needs;
  const asked = {
    ...(score === undefined ? {} : { score }),
    ...(sampler === undefined ? {} : { sampler }),
  };
  const model = await open(path, { ...flags, statistics, ...asked, onNote: note });
  const warnings = uselessness(model.diagnosis).map((finding) => `warning: ${findingText(finding)}`);
  // A model of rows counts rows where others count images.
  count.start(needs.unit ?? (model.info.rows === null ? 'images' : 'rows'));
  try {
    const { files, what, notes, ...more } = await work({
      model: warning(model, warnings, note),
      path,
      count,
      note,
    });
    for (const text of notes) note(text);
    count.close();
    if (flags.json) {
      const summary = { model: path, recipe: model.info.recipe, ...count.figures(), what, files, ...more };
      const to = files.length === 0 ? process.stderr : process.stdout;
      to.write(`${printableJson(summary, 2)}\n`);
    } else if (files.length > 0) {
      tell(`${files.map(shown).join(', ')}: ${what}; ${count.line()}`);
    }
  } catch (error) {
    // What waited was broken off: the interruption is what happened.
    count.check();
    throw error;
  } finally {
    count.close();
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
    await model.dispose();
  }
}

/** The model. It reports its problems right before its first run, so that a command that fails earlier has one message. */
function warning(model: Model, warnings: string[], note: (text: string) => void): Model {
  const warn = () => {
    for (const text of warnings.splice(0)) note(text);
  };
  const after =
    <In extends unknown[], Out>(run: (...given: In) => Promise<Out>) =>
    (...given: In): Promise<Out> => {
      warn();
      return run(...given);
    };
  const { encode, posterior, decode, reconstruct } = model;
  return {
    ...model,
    encode: after(encode),
    posterior: after(posterior),
    decode: after(decode),
    reconstruct: after(reconstruct),
  };
}

/**
 * Images, converted for this model.
 * @param before those that an earlier command has done.
 */
export async function* imagesFor(
  { model, count, note }: Use,
  inputs: readonly string[],
  flags: InputFlags,
  before?: ReadBefore & { done: number },
): AsyncGenerator<ReadBatch> {
  const { readImages } = await import('../../data/images/index.ts');
  const { fit, invert, background, limit = Number.POSITIVE_INFINITY, ...options } = flags;
  const asked = Object.entries({ fit, invert, background }).filter(([, value]) => value !== undefined);
  const want = { ...model.info.preprocessing, ...Object.fromEntries(asked) };
  let left = limit - (before?.done ?? 0);
  if (left <= 0) return;
  const how = {
    ...options,
    signal: count.signal,
    onNote: note,
    onSkip: (error: HourglassError) => count.skip(error.message),
  };
  const batches = readImages(inputs, want, how, before);
  for await (const batch of batches) {
    count.check();
    const n = Math.min(left, batch.names.length);
    const size = batch.values.length / batch.names.length;
    yield n === batch.names.length
      ? batch
      : {
          names: batch.names.slice(0, n),
          classes: batch.classes.slice(0, n),
          values: batch.values.slice(0, n * size),
          read: batch.read,
        };
    left -= n;
    if (left <= 0) return;
  }
}

/** Whether high values are light in the model's training images; in the sets of digits and clothes they are ink. */
export async function isLight({ info }: Model): Promise<boolean> {
  const { DATASET_NAMES } = await import('../../data/registry.ts');
  return !info.preprocessing.invert && !DATASET_NAMES.includes(info.dataset);
}

/** Writes batch after batch; if anything fails, nothing is left. */
export async function writeAll(sink: Sink, { count }: Use, batches: AsyncIterable<Batch>): Promise<Written> {
  try {
    for await (const batch of batches) {
      count.check();
      await sink.write(batch);
      count.add(batch.names.length);
    }
    return await sink.finish();
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

/** The source of a sheet's images, for its caption. */
export const named = (inputs: readonly string[]): string =>
  inputs.length <= 3 ? inputs.join(', ') : `${inputs.slice(0, 3).join(', ')} and ${inputs.length - 3} more`;

/** @throws HourglassError early, before a model is opened, if the destination exists. */
export async function requireFree({ path, force, format }: Destination): Promise<void> {
  if (path === null || format === 'png') return;
  const { replaceable } = await import('../../store/index.ts');
  await replaceable(path, force);
}

export function requireInputs(inputs: readonly string[]): void {
  if (inputs.length > 0) return;
  throw new HourglassError('usage', {
    subject: 'inputs',
    rule: 'must be named: a folder, files or a data set',
    got: 'none',
    hint: "for example mnist-10k:test, or '-' for standard input",
  });
}
