/** What is known of one run, for those who listen: a late one first gets what there is. */
import type { RunMessage, RunState } from './protocol.ts';

type Listener = (message: RunMessage) => void;

/** Events that a late listener gets again, next to the rows of the epochs. */
const KEPT = new Set(['start', 'warning', 'learning-rate', 'finished', 'stopped']);

export class RunLog {
  private readonly listeners = new Set<Listener>();
  /** In order, without what later ones replace. */
  private kept: RunMessage[];
  private step: RunMessage | null = null;
  private snapshot: RunMessage | null = null;
  private speed: Extract<RunMessage, { type: 'speed' }> | null = null;
  state: RunState = 'waiting';

  /** @param messages those of an earlier session. */
  constructor(messages: readonly RunMessage[] = []) {
    this.kept = messages.filter(({ type }) => type === 'event' || type === 'failed');
    for (const message of messages) {
      if (message.type === 'state') this.state = message.state;
      if (message.type === 'snapshot') this.snapshot = message;
    }
  }

  /** A resumed run repeats what came after its checkpoint: its rows are those of the epochs before. */
  private keep(message: RunMessage): void {
    if (message.type === 'event' && message.event.type === 'start') {
      const { epochsBefore } = message.event;
      this.kept = this.kept.filter(
        (each) =>
          each.type === 'event' && each.event.type === 'epoch' && each.event.row.epoch <= epochsBefore,
      );
      this.kept.unshift(message);
    } else this.kept.push(message);
  }

  post(message: RunMessage): void {
    if (message.type === 'state') {
      if (this.state === message.state) return;
      this.state = message.state;
    } else if (message.type === 'snapshot') this.snapshot = message;
    else if (message.type === 'speed') this.speed = message;
    else if (message.type === 'failed') this.keep(message);
    else if (message.event.type === 'step') this.step = message;
    else if (message.event.type === 'epoch' || KEPT.has(message.event.type)) this.keep(message);
    for (const listen of this.listeners) listen(message);
  }

  /** Everything that a late listener gets. */
  messages(): RunMessage[] {
    return [
      ...this.kept,
      ...(this.step === null ? [] : [this.step]),
      ...(this.snapshot === null ? [] : [this.snapshot]),
      ...(this.speed === null ? [] : [this.speed]),
      { type: 'state', state: this.state },
    ];
  }

  /** @returns what ends it. */
  follow(listen: Listener): () => void {
    for (const message of this.messages()) listen(message);
    this.listeners.add(listen);
    return () => this.listeners.delete(listen);
  }
}
