/**
 * The service as a function from a request to an answer: routes, access, limits, errors. It needs no socket, so that
 * tests call it directly.
 */
import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { HourglassError } from '../errors.ts';
import { expectedError } from '../system-errors.ts';
import { gate, SECURITY_HEADERS } from './access.ts';
import { EngineLost, QueueFull } from './engine/queue.ts';
import type { App, Carried } from './hono-app.ts';
import { Problem, RETRY } from './problem.ts';
import { addModelRoutes } from './routes/models.ts';
import { addServiceRoutes } from './routes/service.ts';
import { addVerbRoutes } from './routes/verbs.ts';
import type { ServiceState } from './state.ts';
import { WorkerMissing } from './work/pool.ts';

export function createApp(state: ServiceState): App {
  const app: App = new OpenAPIHono<Carried>({ strict: true });
  const check = gate(state.settings);

  app.use(async (c, next) => {
    const start = performance.now();
    c.set('route', 'other');
    state.inFlight++;
    try {
      await next();
    } finally {
      state.inFlight--;
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
        if (!c.res.headers.has(name)) c.res.headers.set(name, value);
      }
      if (state.closing) c.res.headers.set('connection', 'close');
      const seconds = (performance.now() - start) / 1000;
      state.metrics.answered(c.get('route'), methodOf(c.req.method), c.res.status, seconds);
    }
  });
  app.use(async (c, next) => {
    check(c.req.raw.headers, c.req.path);
    await next();
  });

  addServiceRoutes(app, state);
  addModelRoutes(app, state);
  addVerbRoutes(app, state);

  app.notFound((c) => {
    const allowed = methodsAt(app, c.req.path);
    if (allowed.length === 0)
      return new Problem(404, "There is no such path; '/' lists the available ones.").response();
    return new Problem(405, `This takes ${allowed.join(' or ')}.`, { allow: allowed.join(', ') }).response();
  });
  app.onError((thrown) => {
    // What keeps a worker from starting is the reason for the refusal.
    const error = expectedError(thrown instanceof WorkerMissing ? (thrown.cause ?? thrown) : thrown);
    const problem = problemOf(error);
    if (problem !== null) return problem.response();
    const instance = `urn:uuid:${randomUUID()}`;
    state.settings.onError(error, instance);
    const lacking = error instanceof HourglassError && error.kind === 'environment';
    return lacking
      ? new Problem(503, 'The system lacks memory, files or processes at the moment.', RETRY).response(
          instance,
        )
      : new Problem(500, 'An internal error occurred; the log has the details.').response(instance);
  });
  return app;
}

/** An error that a client can act on, as a problem. */
function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof QueueFull) return new Problem(429, 'Too many images wait for this model.', RETRY);
  if (error instanceof WorkerMissing && error.cause === undefined)
    return new Problem(503, 'The service is shutting down.', RETRY);
  if (error instanceof EngineLost)
    return new Problem(503, 'The model is not available at the moment.', RETRY);
  if (error instanceof HourglassError) {
    // For verbs: what the model cannot do is a conflict; anything else is an error in the request.
    if (error.kind === 'run')
      return new Problem(409, 'The model lacks the statistics that this request needs.');
    if (error.kind === 'usage' || error.kind === 'data') return new Problem(422, sentence(error.message));
  }
  return null;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']);
const methodOf = (method: string): string => (METHODS.has(method) ? method : 'other');

/** The methods of the routes whose pattern a path fits. */
function methodsAt(app: App, path: string): string[] {
  const methods = app.routes
    .filter(({ method, path: pattern }) => method !== 'ALL' && matches(pattern, path))
    .map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
}

function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part.startsWith(':') ? given[i] !== '' : part === given[i]))
  );
}
