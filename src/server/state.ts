/** The state of a running service: its models by name, requests in progress, and whether it is closing. */

import { setMaxListeners } from 'node:events';
import { Sending } from './answers/sending.ts';
import type { ModelHost } from './engine/host.ts';
import { Metrics } from './metrics.ts';
import { Budget } from './requests/budget.ts';
import type { DecodedPictures, PictureJob } from './requests/decode-pictures.ts';
import type { Settings } from './settings.ts';
import type { Desk } from './work/desk.ts';
import type { Runner } from './work/pool.ts';

/** The workers for everything that must not block the event loop. */
export interface Workers {
  desk: Desk;
  decoders: Runner<PictureJob, DecodedPictures>;
}

export class ServiceState {
  readonly settings: Settings;
  readonly models: ReadonlyMap<string, ModelHost>;
  readonly metrics: Metrics;
  readonly desk: Workers['desk'];
  readonly decoders: Workers['decoders'];
  readonly sending: Sending;
  /** Bytes that requests hold. */
  readonly budget: Budget;
  /** Pixels of large pictures in decoding. */
  readonly decodingPixels: Budget;
  /** Aborted when nothing more is waited for. */
  readonly ended = new AbortController();
  readonly started = new Date();
  inFlight = 0;
  /** Requests whose body is here and whose result is not. */
  working = 0;
  closing = false;

  constructor(
    settings: Settings,
    models: ReadonlyMap<string, ModelHost>,
    { desk, decoders }: Workers,
    metrics?: Metrics,
  ) {
    this.settings = settings;
    // Every request listens to it; Node would take more than ten for a leak, and warn.
    setMaxListeners(0, this.ended.signal);
    this.models = models;
    this.desk = desk;
    this.decoders = decoders;
    this.sending = new Sending(settings.limits);
    this.budget = new Budget(settings.limits.heldBytes, 'bytes', () => this.sending.makeRoom());
    this.decodingPixels = new Budget(settings.limits.decodingPixels, 'pixels');
    this.metrics =
      metrics ??
      new Metrics({
        inFlight: () => this.inFlight,
        waiting: () => new Map([...models].map(([name, host]) => [name, host.waiting])),
      });
  }
}
