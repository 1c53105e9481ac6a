/**
 * A training as a person watches it: a header, a progress bar (plain lines if the output is not a terminal),
 * then the results next to PCA's and a few digits drawn in the terminal.
 */
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import type { Colors } from 'picocolors/types.js';
import type { FinishedRun, RunEvent, RunHeader } from '../api.ts';
import { command } from '../command.ts';
import { classLines } from './class-lines.ts';
import { coloursOf, showsColours } from './colours.ts';
import { diagnosisLines } from './diagnosis-lines.ts';
import { evaluationTable } from './evaluation-table.ts';
import { measuringText } from './measuring-text.ts';
import { lineOf } from './output.ts';
import { near, shown } from './paths.ts';
import { columnsOf, widthOf, wrap } from './table.ts';

type Stream = NodeJS.WriteStream;
type StepEvent = Extract<RunEvent, { type: 'step' }>;
type MeasuringEvent = Extract<RunEvent, { type: 'measuring' }>;
type EpochEvent = Extract<RunEvent, { type: 'epoch' }>;

export interface Watch {
  onEvent(event: RunEvent): void;
  /** Removes the bar, so that a line can follow: the training is about to stop. */
  stopping(): void;
  stopped(folder: string, epoch: number): void;
  /** Finishes what is being printed and restores the terminal. */
  close(): Promise<void>;
}

/** Seconds from one line of progress to the next, in a pipe or a log. */
const LINE_EVERY = 5;

/** Watches a training on a stream: with a bar on a terminal, with lines elsewhere. */
export function watchTraining(out: Stream, lineEvery: number = LINE_EVERY): Watch {
  const colours = coloursOf(out);
  const say = (text = '') => out.write(`${lineOf(text)}\n`);
  const bar = out.isTTY ? new Bar(out) : null;
  let header: RunHeader | undefined;
  let downloading = '';
  let drawn: Promise<void> = Promise.resolve();
  let firstStep: number | undefined;

  /** If there is no bar, a line every few seconds shows that it is still running. */
  let lastLine = performance.now();
  const now = (line: () => string) => {
    if (performance.now() - lastLine < lineEvery * 1000) return;
    lastLine = performance.now();
    say(line());
  };

  const onEvent = (event: RunEvent): void => {
    switch (event.type) {
      case 'download':
        if (bar !== null) bar.download(event.file, event.received, event.total);
        else if (event.file !== downloading) say(`downloading ${event.file}`);
        downloading = event.file;
        break;
      case 'reading':
        if (bar !== null) bar.reading(event.read, event.total);
        else now(() => readingText(event));
        break;
      case 'warning':
        bar?.stop();
        for (const line of labelled('warning', event.message, widthOf(out))) say(colours.yellow(line));
        break;
      case 'start':
        bar?.filled();
        bar?.stop();
        header = event;
        for (const line of headerLines(event, colours, widthOf(out))) say(line);
        break;
      case 'step':
        // Counted from the start of the process.
        firstStep ??= performance.now() / 1000;
        if (bar !== null) bar.step(event, header!);
        else now(() => stepLine(event, header!));
        break;
      case 'epoch':
        firstStep ??= performance.now() / 1000;
        if (bar !== null) bar.epoch(event);
        // Small sets have hundreds of short epochs: a line every few seconds is enough.
        else if (header!.epochs > MANY_EPOCHS && event.row.epoch < header!.epochs) {
          now(() => epochLine(event, header!));
          break;
        } else say(epochLine(event, header!));
        lastLine = performance.now();
        break;
      case 'evaluating':
        bar?.stop();
        // A bar says so itself.
        if (bar === null) say(colours.dim('measuring on the test split, drawing pictures …'));
        lastLine = performance.now();
        break;
      case 'measuring':
        if (bar !== null) bar.measuring(event);
        else now(() => measuringText(event));
        break;
      case 'finished':
        bar?.measured();
        bar?.stop();
        drawn = results(event, colours, out, firstStep);
        break;
      case 'stopped':
        break;
    }
  };
  return {
    onEvent,
    stopping() {
      bar?.end();
    },
    stopped(folder, epoch) {
      bar?.end();
      say(`Stopped in epoch ${epoch + 1}; everything learned is kept. Continue with:`);
      say(`  ${command('train', '--resume', near(folder))}`);
    },
    async close() {
      bar?.stop();
      await drawn;
    },
  };
}

const epochs = (n: number): string => `${n} epoch${n === 1 ? '' : 's'}`;

const LABEL_WIDTH = 10;

/** With up to this many epochs, each has its own line if the output is not a terminal. */
const MANY_EPOCHS = 100;

/** Text next to its label, in lines that fit the width. */
function labelled(label: string, text: string, width: number): string[] {
  const lines = wrap(text, Math.max(width - LABEL_WIDTH, LABEL_WIDTH));
  return lines.map((line, i) => (i === 0 ? label : '').padEnd(LABEL_WIDTH) + line);
}

function headerLines(run: RunHeader, colours: Colors, width: number): string[] {
  const line = (label: string, text: string) =>
    labelled(label, text, width).map(
      (whole) => colours.dim(whole.slice(0, LABEL_WIDTH)) + whole.slice(LABEL_WIDTH),
    );
  const { dataset, counts } = run;
  const n = (value: number) => value.toLocaleString('en');
  const resumed = run.epochsBefore > 0 ? `, continuing after epoch ${run.epochsBefore}` : '';
  return [
    `${colours.bold(run.recipe)} on ${colours.bold(dataset.name)}`,
    ...line(
      'data',
      `${n(counts.train)} training, ${n(counts.validation)} validation, ${n(counts.test)} test ${dataset.samples}s`,
    ),
    ...line('', dataset.source),
    ...line('', dataset.splits),
    ...(dataset.layout === null
      ? []
      : line(dataset.samples === 'row' ? 'columns' : 'folders', dataset.layout)),
    ...classLines(run).flatMap((text, i) => line(i === 0 ? 'classes' : '', text)),
    ...line('model', `${run.shape}, ${n(run.parameters)} parameters`),
    ...(run.corruption === null ? [] : line('noise', run.corruption)),
    ...run.loss.flatMap((part, i) => line(i === 0 ? 'loss' : '', i === 0 ? part : `+ ${part}`)),
    ...line(
      'training',
      `${epochs(run.epochs)}, batches of ${run.batchSize}, ${run.optimiser}, seed ${run.seed}, ${run.device === 'cpu' ? `${run.threads} thread${run.threads === 1 ? '' : 's'}` : run.device}${resumed}`,
    ),
    ...run.notes.flatMap((note) => labelled('note', note, width).map(colours.yellow)),
    // A path stays whole, to be copied.
    `${colours.dim('run'.padEnd(LABEL_WIDTH))}${shown(run.folder)}`,
  ];
}

function epochLine({ row }: EpochEvent, { epochs, dataset }: RunHeader): string {
  const width = String(epochs).length;
  const left = duration(row.seconds * (epochs - row.epoch));
  return `epoch ${String(row.epoch).padStart(width)}/${epochs}  training loss ${row.training.loss!.toFixed(5)}  validation loss ${row.validation.loss!.toFixed(5)}  ${Math.round(row.imagesPerSecond).toLocaleString('en')} ${dataset.samples}s/s  ${left} left`;
}

function stepLine({ epoch, step, steps, trainingLoss, imagesPerSecond }: StepEvent, run: RunHeader): string {
  const width = String(run.epochs).length;
  const left = ((run.epochs - (epoch - 1 + step / steps)) * run.counts.train) / imagesPerSecond;
  const speed = Math.round(imagesPerSecond).toLocaleString('en');
  return `epoch ${String(epoch).padStart(width)}/${run.epochs}  step ${step} of ${steps}  training loss ${trainingLoss.toFixed(5)}  ${speed} ${run.dataset.samples}s/s  ${duration(left)} left`;
}

const readingText = ({ read, total }: { read: number; total: number }): string =>
  `reading images  ${read.toLocaleString('en')} of ${total.toLocaleString('en')}`;

/** A loss in about five digits, for the bar. */
function lossText(loss: number): string {
  const size = Math.abs(loss);
  if (size !== 0 && (size < 0.001 || size >= 1e5)) return loss.toExponential(2);
  return size < 10 ? loss.toFixed(4) : loss.toPrecision(5);
}

/** Texts in their order, without those to be left out first if there is no room for all. */
function whatFits(room: number, parts: readonly { text: string; leave: number }[]): string {
  const joined = parts.map(({ text }) => text).join('  ');
  if (columnsOf(joined) <= room || parts.length === 1) return joined;
  const first = Math.min(...parts.map(({ leave }) => leave));
  return whatFits(
    room,
    parts.filter(({ leave }) => leave !== first),
  );
}

/** Columns of the bar itself. */
const BAR = 16;

/** One line that moves: epochs done, losses, speed, time left. */
class Bar {
  private readonly bar: SingleBar;
  private readonly stream: Stream;
  private running = false;
  private ended = false;
  private toRead = 0;
  private validation = '–';
  private last: { event: StepEvent; header: RunHeader } | null = null;

  constructor(stream: Stream) {
    this.stream = stream;
    this.bar = new SingleBar({
      stream,
      format: '{bar} {text}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: BAR,
      hideCursor: true,
      clearOnComplete: false,
      gracefulExit: false,
      linewrap: false,
      // Draws over what a key printed on the line, such as ^C.
      forceRedraw: true,
      fps: 10,
    });
  }

  step(event: StepEvent, header: RunHeader): void {
    this.last = { event, header };
    const { epochs, counts } = header;
    const done = event.epoch - 1 + event.step / event.steps;
    const left = ((epochs - done) * counts.train) / event.imagesPerSecond;
    const room = (this.stream.columns ?? 80) - BAR - 2;
    const text = whatFits(room, [
      { text: `epoch ${event.epoch}/${epochs}`, leave: 5 },
      { text: `loss ${lossText(event.trainingLoss)}`, leave: 3 },
      { text: `val ${this.validation}`, leave: 2 },
      {
        text: `${Math.round(event.imagesPerSecond).toLocaleString('en')} ${header.dataset.samples === 'row' ? 'rows' : 'img'}/s`,
        leave: 1,
      },
      { text: `${duration(left)} left`, leave: 4 },
    ]);
    this.update(epochs, done, text);
  }

  /** Completes the epoch, with its own losses. */
  epoch({ row }: EpochEvent): void {
    this.validation = lossText(row.validation.loss!);
    if (this.last === null) return;
    const { event, header } = this.last;
    const { training, imagesPerSecond } = row;
    this.step({ ...event, step: event.steps, trainingLoss: training.loss!, imagesPerSecond }, header);
  }

  download(file: string, received: number, total: number | null): void {
    const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
    this.update(
      total ?? received,
      received,
      `downloading ${file}  ${mb(received)}${total === null ? '' : ` of ${mb(total)}`} MB`,
    );
  }

  reading(read: number, total: number): void {
    this.toRead = total;
    this.update(total, read, readingText({ read, total }));
  }

  /** Fills the bar of the reading: its last images come between two updates. */
  filled(): void {
    if (this.running && this.toRead > 0) this.reading(this.toRead, this.toRead);
  }

  measuring(event: MeasuringEvent): void {
    this.update(1, event.share, measuringText(event));
  }

  /** Fills the bar: it stays on the screen, and must not look as if something were left to do. */
  measured(): void {
    if (this.running) this.update(1, 1, 'measured on the test split');
  }

  private update(total: number, value: number, text: string): void {
    if (this.ended) return;
    if (!this.running) {
      this.bar.start(total, value, { text });
      this.running = true;
    } else {
      this.bar.setTotal(total);
      this.bar.update(value, { text });
    }
  }

  stop(): void {
    if (this.running) this.bar.stop();
    this.running = false;
  }

  /** Stops, and never starts again. */
  end(): void {
    this.stop();
    this.ended = true;
  }
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

async function results(run: FinishedRun, colours: Colors, out: Stream, firstStep = 0): Promise<void> {
  const { terminalImages } = await import('../render/index.ts');
  const say = (text = '') => out.write(`${lineOf(text)}\n`);
  const { examples } = run;
  say();
  for (const line of evaluationTable(run.evaluation, { width: widthOf(out), colours })) say(line);
  say();
  if (examples !== null) {
    const columns = Math.min(out.columns ?? 80, 120);
    const lines = terminalImages({
      rows: [
        { label: 'input', images: examples.inputs },
        { label: 'reconstruction', images: examples.reconstructions },
      ],
      labels: examples.captions,
      height: examples.height,
      width: examples.width,
      channels: examples.channels,
      columns,
      colour: showsColours(out) ? '256' : 'none',
    });
    for (const line of lines) say(line);
    say();
  }
  const early = run.stoppedEarly ? ', stopped early' : '';
  say(
    `${epochs(run.epochs)}${early} in ${duration(run.trainingSeconds)}, weights of epoch ${run.keptEpoch} kept; first step after ${firstStep.toFixed(1)} s`,
  );
  for (const line of diagnosisLines(run.evaluation.diagnosis, colours, out.columns)) say(line);
  say(`${colours.dim('report'.padEnd(LABEL_WIDTH))}${colours.bold(shown(join(run.folder, 'report.html')))}`);
}
