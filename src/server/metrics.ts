/** Metrics for Prometheus. Labels are routes, methods, statuses and models: clients cannot create new ones. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export class Metrics {
  private readonly registry = new Registry();
  private readonly requests: Counter<'route' | 'method' | 'status'>;
  private readonly duration: Histogram<'route'>;
  private readonly batches: Histogram<'model' | 'operation'>;
  private readonly computing: Histogram<'model' | 'operation'>;
  private readonly malformed: Counter;
  private readonly restarts: Counter<'model'>;

  constructor(state: { inFlight: () => number; waiting: () => ReadonlyMap<string, number> }) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    // In Prometheus, only names of counters end in _total; the library's gauges of handles and requests do, too.
    for (const { name } of this.registry.getMetricsAsArray()) {
      if (/^nodejs_active_.*_total$/.test(name)) this.registry.removeSingleMetric(name);
    }
    this.requests = new Counter({
      name: 'hourglass_http_requests_total',
      help: 'Requests answered, by route, method and status.',
      labelNames: ['route', 'method', 'status'],
      registers,
    });
    this.duration = new Histogram({
      name: 'hourglass_http_request_seconds',
      help: 'Seconds from the request to its answer, by route.',
      labelNames: ['route'],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
      registers,
    });
    this.batches = new Histogram({
      name: 'hourglass_batch_images',
      help: 'Images or codes per run of the engine, by model and operation.',
      labelNames: ['model', 'operation'],
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    });
    this.computing = new Histogram({
      name: 'hourglass_batch_seconds',
      help: 'Seconds of one run of the engine, by model and operation.',
      labelNames: ['model', 'operation'],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
      registers,
    });
    this.malformed = new Counter({
      name: 'hourglass_http_malformed_total',
      help: 'Connections that did not send valid HTTP in time.',
      registers,
    });
    this.restarts = new Counter({
      name: 'hourglass_model_restarts_total',
      help: 'Restarts of model threads after a failure.',
      labelNames: ['model'],
      registers,
    });
    new Gauge({
      name: 'hourglass_http_requests_in_flight',
      help: 'Requests being worked on.',
      registers,
      collect() {
        this.set(state.inFlight());
      },
    });
    new Gauge({
      name: 'hourglass_waiting_images',
      help: 'Images or codes that wait for a model.',
      labelNames: ['model'],
      registers,
      collect() {
        for (const [model, count] of state.waiting()) this.set({ model }, count);
      },
    });
  }

  answered(route: string, method: string, status: number, seconds: number): void {
    this.requests.inc({ route, method, status });
    this.duration.observe({ route }, seconds);
  }

  computed(model: string, operation: string, images: number, seconds: number): void {
    this.batches.observe({ model, operation }, images);
    this.computing.observe({ model, operation }, seconds);
  }

  sentNoHttp(): void {
    this.malformed.inc();
  }

  restarted(model: string): void {
    this.restarts.inc({ model });
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}
