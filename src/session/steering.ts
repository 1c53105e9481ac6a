/** A training that is held, slowed down and changed on its way, from outside of the thread that it runs on. */
import { HourglassError } from '../errors.ts';

/** What a training is told: plain data, as it crosses to another thread. */
export type SteerMessage =
  /** How many more steps it may take; `Infinity` for all. */
  | { readonly type: 'allow'; readonly steps: number }
  /** At most so many steps a second; null for as many as it can. */
  | { readonly type: 'speed'; readonly stepsPerSecond: number | null }
  | { readonly type: 'learning-rate'; readonly value: number };

/** Holds a training, from the next step on, and changes it. */
export interface TrainingControl {
  /** Waits after the current step. */
  pause(): void;
  /** Goes on without a pause. */
  resume(): void;
  /** Takes so many more steps, by default one, and waits again. */
  step(count?: number): void;
  /** Takes at most so many steps a second; null for as many as it can. */
  speed(stepsPerSecond: number | null): void;
  /**
   * Changes the learning rate from the next step on; the schedule still applies to it. The run records it in its recipe, as
   * `training.rateChanges`, so that training the recipe gives the same bits again.
   */
  learningRate(value: number): void;
}

/** The side of the caller: checks what it is given, and posts it. */
export function trainingControl(post: (message: SteerMessage) => void): TrainingControl {
  const requirePositive = (subject: string, value: number, least = 0, most = Number.POSITIVE_INFINITY) => {
    if (value > 0 && value >= least && value <= most) return;
    throw new HourglassError('usage', { subject, rule: 'must be a number above 0', got: value });
  };
  return {
    pause: () => post({ type: 'allow', steps: 0 }),
    resume: () => post({ type: 'allow', steps: Number.POSITIVE_INFINITY }),
    step(count = 1) {
      requirePositive('steps', count);
      post({ type: 'allow', steps: Math.ceil(count) });
    },
    speed(stepsPerSecond) {
      if (stepsPerSecond !== null) requirePositive('steps a second', stepsPerSecond);
      post({ type: 'speed', stepsPerSecond });
    },
    learningRate(value) {
      requirePositive('learning rate', value, 1e-12, 1e6);
      post({ type: 'learning-rate', value });
    },
  };
}

/** The side of the training. */
export class Steering {
  private readonly turn: () => Promise<void>;
  private left = Number.POSITIVE_INFINITY;
  private stepsPerSecond: number | null = null;
  private rate: number | null = null;
  /** When the last step was allowed, in milliseconds. */
  private last = Number.NEGATIVE_INFINITY;
  private wake: () => void = () => {};

  /** @param turn lets messages that wait for this thread be handled. */
  constructor(turn: () => Promise<void> = async () => {}) {
    this.turn = turn;
  }

  take(message: SteerMessage): void {
    if (message.type === 'allow') this.left = message.steps;
    else if (message.type === 'speed') this.stepsPerSecond = message.stepsPerSecond;
    else this.rate = message.value;
    this.wake();
  }

  /** A learning rate that was asked for since the last call; else null. */
  takeRate(): number | null {
    const { rate } = this;
    this.rate = null;
    return rate;
  }

  /**
   * Called before each step. Messages have their turn, and then it waits while no step is allowed. Once the training is to end,
   * it never waits.
   * @param onWait called once, if it has to wait, with the time.
   */
  async beforeStep(
    signal: AbortSignal,
    onWait: (milliseconds: number) => Promise<void> = async () => {},
  ): Promise<void> {
    await this.turn();
    let isTold = false;
    while (!signal.aborted) {
      const wait = this.wait();
      if (wait <= 0) break;
      if (isTold) await this.sleep(wait, signal);
      else await onWait(wait);
      isTold = true;
    }
    this.left--;
    this.last = performance.now();
  }

  /** Milliseconds until the next step; infinite until one is allowed. */
  private wait(): number {
    if (this.left <= 0) return Number.POSITIVE_INFINITY;
    if (this.stepsPerSecond === null) return 0;
    return this.last + 1000 / this.stepsPerSecond - performance.now();
  }

  private async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wake: () => void = () => {};
    await new Promise<void>((resolve) => {
      wake = () => resolve();
      this.wake = wake;
      signal.addEventListener('abort', wake, { once: true });
      // A longer time than timers take is waited for in parts.
      if (milliseconds !== Number.POSITIVE_INFINITY) timer = setTimeout(resolve, Math.min(milliseconds, 1e9));
    });
    clearTimeout(timer);
    signal.removeEventListener('abort', wake);
  }
}
