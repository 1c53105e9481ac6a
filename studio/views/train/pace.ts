/**
 * How often a training is drawn. One at full speed wants every processor, so drawing it takes a small share of the time,
 * measured as it goes: a fast machine draws more often. One that waits, or that a person slows down, is drawn as it comes.
 */

/** The share of one processor's time. */
const SHARE = 0.01;
/** Milliseconds from one drawing to the next, at least, and at most where each takes long. */
const WAIT = { least: 50, most: 2000 };

export class Pace {
  /** Milliseconds that the newest drawing took, and when it was over. */
  private took = 0;
  private over = 0;

  /** Call it in the frame that draws: the task after it is that after the painting. */
  begin(): void {
    const began = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      this.over = performance.now();
      this.took = this.over - began;
      port1.close();
    };
    port2.postMessage(null);
  }

  /** Milliseconds to wait before the next drawing. */
  wait(isAtFullSpeed: boolean): number {
    if (!isAtFullSpeed) return WAIT.least;
    const rest = this.over + Math.min(WAIT.most, this.took / SHARE) - performance.now();
    return Math.max(WAIT.least, rest);
  }
}
