/**
 * Models over HTTP. Like the command line, it is an interface to `runs`: it reads requests, lets `runs` do the work and
 * writes answers. It uses no terminal, and takes no path from a request.
 *
 * From the outside in: `http.ts` is the socket, `app.ts` the routes and errors, `requests/` reads what clients send,
 * `verbs/` defines what is computed, `engine/` runs each model in its own thread and joins requests into batches,
 * `answers/` writes results.
 */
export { modelName, type Served, type ServedModel, type Service, serve } from './serve.ts';
export { DEFAULT_LIMITS, type Limits, type ServeOptions } from './settings.ts';
