/** Routes of the service itself: health, metrics, the OpenAPI document, the page. */
import { z } from '@hono/zod-openapi';
import { packageVersion } from '../../version.ts';
import type { App } from '../hono-app.ts';
import { PAGE_HEADERS, pageOf } from '../page/page.ts';
import { RETRY } from '../problem.ts';
import type { ServiceState } from '../state.ts';
import { problems } from './problems.ts';

const healthSchema = z
  .object({
    status: z.enum(['ok', 'starting', 'closing']),
    models: z
      .record(z.string(), z.enum(['ready', 'restarting']))
      .optional()
      .openapi({ description: 'by name; left out if the service has a token' }),
    uptime: z.number().openapi({ description: 'seconds' }),
  })
  .openapi('Health');

export function addServiceRoutes(app: App, state: ServiceState): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/health',
    operationId: 'health',
    summary: 'Whether the service is running and its models are ready. Needs no token.',
    tags: ['service'],
    security: [],
    responses: {
      200: {
        description: 'All models are ready.',
        content: { 'application/json': { schema: healthSchema } },
      },
      503: {
        description: 'The service is running, but a model is being restarted, or it is shutting down.',
        content: { 'application/json': { schema: healthSchema } },
      },
      ...problems(),
    },
  });
  app.get('/health', (c) => {
    c.set('route', '/health');
    const models = Object.fromEntries(
      [...state.models].map(([name, host]) => [name, host.ready ? 'ready' : 'restarting'] as const),
    );
    const ready = Object.values(models).every((status) => status === 'ready');
    const status = state.closing ? 'closing' : ready ? 'ok' : 'starting';
    const uptime = Math.round((Date.now() - state.started.getTime()) / 1000);
    // With a token, names are for those who have it.
    const body = { status, ...(state.settings.token === null ? { models } : {}), uptime };
    return c.json(body, status === 'ok' ? 200 : 503, {
      'cache-control': 'no-store',
      ...(status === 'ok' ? {} : RETRY),
    });
  });

  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/metrics',
    operationId: 'metrics',
    summary: 'Metrics for Prometheus.',
    tags: ['service'],
    responses: {
      200: { description: 'Text format.', content: { 'text/plain': { schema: z.string() } } },
      ...problems(401),
    },
  });
  app.get('/metrics', async (c) => {
    c.set('route', '/metrics');
    return c.body(await state.metrics.text(), 200, {
      'content-type': state.metrics.contentType,
      'cache-control': 'no-store',
    });
  });

  app.get('/', async (c) => {
    c.set('route', '/');
    return c.body(await pageOf(state, new URL(c.req.url).origin), 200, PAGE_HEADERS);
  });

  // Browsers ask for it with the page; there is none.
  app.get('/favicon.ico', (c) => {
    c.set('route', '/favicon.ico');
    return c.body(null, 204, { 'cache-control': 'max-age=86400' });
  });

  let document: string | undefined;
  app.get('/openapi.json', (c) => {
    c.set('route', '/openapi.json');
    // It never changes while the service runs.
    document ??= JSON.stringify(describe(app, state));
    return c.body(document, 200, { 'content-type': 'application/json' });
  });
}

function describe(app: App, { settings }: ServiceState) {
  if (settings.token !== null) {
    app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  }
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'hourglass',
      version: packageVersion(),
      description:
        'Autoencoders over HTTP. Images are [n, channels, height, width] with values in [0, 1]; rows of a table are objects.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '/', description: 'this service' }],
    tags: [
      { name: 'models', description: 'The models.' },
      { name: 'verbs', description: 'The uses of a model.' },
      { name: 'service', description: 'Health and metrics.' },
    ],
    ...(settings.token === null ? {} : { security: [{ token: [] }] }),
  });
}
