/** How many more steps a training may take before it waits. */
import { turn } from '../turn.ts';

export class Pace {
  private left = Number.POSITIVE_INFINITY;
  private wake: () => void = () => {};

  /** Allows so many steps from now on: none to pause, `Infinity` to go on without a pause. */
  allow(steps: number): void {
    this.left = steps;
    this.wake();
  }

  /**
   * Called after each step. Messages have their turn, and then it waits while no step is allowed. Once the training is to end, it
   * never waits.
   */
  async afterStep(signal: AbortSignal): Promise<void> {
    await turn();
    this.left--;
    while (this.left <= 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }
}
