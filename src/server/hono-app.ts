/** The app's type, with what a request carries: the routes add themselves to it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenAPIHono } from '@hono/zod-openapi';

/** The context of a request in the app. */
export interface Carried {
  /** The socket's side of a request and its answer, if it came over one. */
  Bindings: { incoming?: IncomingMessage; outgoing?: ServerResponse };
  Variables: {
    /** The route's pattern, for metrics. */
    route: string;
  };
}

export type App = OpenAPIHono<Carried>;
