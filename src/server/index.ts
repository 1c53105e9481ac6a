/**
 * Models over HTTP. A face of hourglass, beside the command line: it reads requests, has `runs` do the work and writes
 * answers. Knows no terminal, and takes no path from a request.
 *
 * From the outside in: `http.ts` is the socket, `app.ts` the routes and errors, `requests/` reads what clients send,
 * `verbs/` says what is computed, `engine/` has each model in a thread of its own and joins requests into batches,
 * `answers/` writes results.
 */
export { modelName, type Served, type Service, serve } from './serve.ts';
export { DEFAULT_LIMITS, type Limits, type ServeOptions } from './settings.ts';
