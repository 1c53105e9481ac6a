/** What a running service holds: its models by name, what is in flight, and whether it ends. */
import type { ModelHost } from './engine/host.ts';
import { Metrics } from './metrics.ts';
import { Budget } from './requests/body.ts';
import type { Settings } from './settings.ts';

export class ServiceState {
  readonly settings: Settings;
  readonly models: ReadonlyMap<string, ModelHost>;
  readonly metrics: Metrics;
  readonly budget: Budget;
  readonly started = new Date();
  inFlight = 0;
  closing = false;

  constructor(settings: Settings, models: ReadonlyMap<string, ModelHost>, metrics?: Metrics) {
    this.settings = settings;
    this.models = models;
    this.budget = new Budget(settings.limits.heldBytes);
    this.metrics =
      metrics ??
      new Metrics({
        inFlight: () => this.inFlight,
        waiting: () => new Map([...models].map(([name, host]) => [name, host.waiting])),
      });
  }
}
