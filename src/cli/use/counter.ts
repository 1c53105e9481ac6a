/** The progress of a command: a moving line on a terminal, occasional plain lines elsewhere. */
import { SingleBar } from 'cli-progress';
import { HourglassError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { widthOf, wrap } from '../table.ts';

/** Seconds between plain lines. */
const PLAIN = 10;

export interface Counter {
  /**
   * The work starts now: earlier steps do not count towards its time.
   * @param unit what is counted, where that is known only now.
   */
  start(unit?: string): void;
  add(images: number): void;
  skip(reason: string): void;
  /** Prints a separate line. */
  say(text: string): void;
  /** What an interruption leaves, for its message. */
  leaves(text: string): void;
  interrupt(): void;
  /** Aborted once an end was requested: for what waits, as for standard input. */
  readonly signal: AbortSignal;
  /** @throws HourglassError (interrupted) once an end was requested. */
  check(): void;
  close(): void;
  figures(): { images: number; skipped: number; seconds: number };
  /** For example "10,000 images in 3.2 s, 3,100 per second; 2 skipped". */
  line(): string;
}

const n = (value: number): string => value.toLocaleString('en');

export function counter(out: NodeJS.WriteStream, counted: string, total?: number): Counter {
  let unit = counted;
  let begun = performance.now();
  let [images, skipped, plain] = [0, 0, begun];
  const stopped = new AbortController();
  let left = 'nothing half-written is left';
  let ended: number | null = null;
  const bar = out.isTTY
    ? new SingleBar({
        stream: out,
        format: total === undefined ? '{text}' : '{bar} {text}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 16,
        hideCursor: true,
        clearOnComplete: true,
        gracefulExit: false,
        linewrap: false,
        fps: 10,
      })
    : null;
  let running = false;
  const halt = () => {
    if (running) bar!.stop();
    running = false;
  };
  const seconds = () => ((ended ?? performance.now()) - begun) / 1000;
  const text = () => {
    const speed = seconds() > 0.5 ? `  ${n(Math.round(images / seconds()))} per second` : '';
    return `${n(images)}${total === undefined ? '' : ` of ${n(total)}`} ${unit}${speed}`;
  };
  const say = (line: string) => {
    halt();
    for (const part of wrap(line, widthOf(out))) out.write(`${printable(part)}\n`);
  };
  return {
    start(what = unit) {
      unit = what;
      begun = performance.now();
      plain = begun;
    },
    add(more) {
      images += more;
      if (bar !== null) {
        if (!running) bar.start(total ?? 1, 0, { text: text() });
        running = true;
        bar.update(total === undefined ? 0 : images, { text: text() });
      } else if (performance.now() - plain > PLAIN * 1000) {
        plain = performance.now();
        say(text());
      }
    },
    skip(reason) {
      skipped++;
      say(`skipped: ${reason}`);
    },
    say,
    leaves(text) {
      left = text;
    },
    interrupt() {
      stopped.abort();
    },
    signal: stopped.signal,
    check() {
      if (!stopped.signal.aborted) return;
      throw new HourglassError('interrupted', {
        subject: 'stopped',
        rule: `after ${n(images)} ${unit}; ${left}`,
      });
    },
    close() {
      ended ??= performance.now();
      halt();
    },
    figures: () => ({ images, skipped, seconds: Number(seconds().toFixed(3)) }),
    line: () =>
      `${n(images)} ${images === 1 ? unit.replace(/s$/, '') : unit} in ${seconds().toFixed(1)} s${skipped > 0 ? `; ${n(skipped)} skipped` : ''}`,
  };
}
