/** The settings of a service, with defaults and checks. */
import { HourglassError } from '../errors.ts';
import { printable } from '../printable.ts';
import { expectedError } from '../system-errors.ts';

/** Limits on what clients may request and how long it may take. Times are in milliseconds. */
export interface Limits {
  /** Bytes of a request's body. */
  bodyBytes: number;
  /** Bytes that all requests hold at once: bodies, images and answers until they are sent. */
  heldBytes: number;
  /** Pixels of an uploaded image, before it is scaled to the model's size. */
  imagePixels: number;
  /** Pixels of all images of a request. Default: four times `imagePixels`. */
  requestPixels: number;
  /** Pixels of all large requests that are being decoded. Default: twice `requestPixels`. */
  decodingPixels: number;
  /** Bytes of a request's images as float32, at the model's size. */
  inputBytes: number;
  /** Images or codes per request. */
  images: number;
  /** Images per answer. */
  results: number;
  /** Bytes of an answer: its JSON, or the pixels of its sheet. */
  answerBytes: number;
  /** Requests that are worked on at once. */
  requests: number;
  /** Images that wait for a model. */
  waiting: number;
  /** Images of one run of the engine. */
  batch: number;
  /** Connections that are open at once. */
  connections: number;
  /** The time for a request's headers. */
  headersTime: number;
  /** The time for a request's body. */
  bodyTime: number;
  /** The time from then until the result: reading JSON, decoding, waiting for a model, computing, drawing. */
  computeTime: number;
  /** The time for reading an answer. */
  answerTime: number;
  /** The time until a client takes the next 64 KiB of its answer. */
  stallTime: number;
  /** The time that an open connection may be without a request. */
  idleTime: number;
  /** The time for accepted requests, once the service closes. */
  closeTime: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = {
  bodyBytes: 16 * 2 ** 20,
  heldBytes: 256 * 2 ** 20,
  imagePixels: 25_000_000,
  requestPixels: 100_000_000,
  decodingPixels: 200_000_000,
  inputBytes: 64 * 2 ** 20,
  images: 256,
  results: 1024,
  answerBytes: 128 * 2 ** 20,
  requests: 256,
  waiting: 4096,
  batch: 64,
  connections: 512,
  headersTime: 10_000,
  bodyTime: 30_000,
  computeTime: 30_000,
  answerTime: 60_000,
  stallTime: 10_000,
  idleTime: 5_000,
  closeTime: 30_000,
};

/** The settings of a service; docs/serve.md describes them. */
export interface ServeOptions {
  /** The address to listen on. Beyond loopback a token is required. Default: 127.0.0.1. */
  host?: string;
  /** 0 takes a free one. Default: 8080. */
  port?: number;
  /** The token that clients must send, 16 or more visible ASCII characters. */
  token?: string;
  /** Host names that clients may use besides the service's own: those of a proxy in front of it. */
  allowedHosts?: readonly string[];
  /** The images that `neighbours` searches: folders, files or data sets' splits. Default: the test split of the model's own set. */
  references?: readonly string[];
  /** The folder with the data of the models' runs, if it was moved. Default: where each run recorded it. */
  dataDir?: string;
  /** References that are kept, the first ones. Default: 1,000, or as many as take 256 MiB as float32. */
  mostReferences?: number;
  /** Threads per model, each with the model in memory. Default: 1. */
  workers?: number;
  /** Limits to replace; the others keep their defaults, which docs/serve.md lists. */
  limits?: Partial<Limits>;
  /** Called with internal errors, for a log. Default: standard error. */
  onError?: (error: unknown, instance: string) => void;
}

export interface Settings {
  host: string;
  port: number;
  token: string | null;
  allowedHosts: readonly string[];
  workers: number;
  references: readonly string[] | null;
  dataDir: string | null;
  mostReferences: number | null;
  limits: Limits;
  onError: (error: unknown, instance: string) => void;
}

/** @throws HourglassError for a setting that is not valid, or a host beyond loopback without a token. */
export function settingsOf(options: ServeOptions): Settings {
  const { host = '127.0.0.1', port = 8080, token, allowedHosts = [], workers = 1 } = options;
  const { mostReferences = null } = options;
  if (host === '') throw wrong('host', 'must name an address', host);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw wrong('port', 'must be a whole number from 0 to 65535', port);
  }
  if (!Number.isInteger(workers) || workers < 1 || workers > 64) {
    throw wrong('workers', 'must be a whole number from 1 to 64', workers);
  }
  if (mostReferences !== null && (!Number.isSafeInteger(mostReferences) || mostReferences < 1)) {
    throw wrong('mostReferences', 'must be a whole number, 1 or more', mostReferences);
  }
  if (token !== undefined && !/^[\x21-\x7e]{16,}$/.test(token)) {
    // The token itself stays out of logs.
    throw wrong('token', 'must have 16 or more visible ASCII characters', undefined, 'openssl rand -hex 24');
  }
  if (token === undefined && !isLoopback(host)) {
    throw wrong('host', 'needs a token beyond loopback', host, 'set HOURGLASS_TOKEN, or give --token');
  }
  for (const name of allowedHosts) {
    if (!/^[A-Za-z0-9.-]+$/.test(name))
      throw wrong('allowed host', 'must be a host name without a port', name);
  }
  const imagePixels = options.limits?.imagePixels ?? DEFAULT_LIMITS.imagePixels;
  const requestPixels = options.limits?.requestPixels ?? 4 * imagePixels;
  const limits = { ...DEFAULT_LIMITS, requestPixels, decodingPixels: 2 * requestPixels, ...options.limits };
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw wrong('limits', 'must have only known names', name);
    if (!Number.isSafeInteger(value) || value < 1) {
      throw wrong(`limits.${name}`, 'must be a whole number, 1 or more', value);
    }
  }
  return {
    host,
    port,
    token: token ?? null,
    allowedHosts,
    workers,
    references: options.references ?? null,
    dataDir: options.dataDir ?? null,
    mostReferences,
    limits,
    onError: options.onError ?? logged,
  };
}

/** Whether only this machine reaches an address: 127.0.0.0/8, ::1 and localhost. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

/** One line for what the system lacks; the stack for a bug. */
function logText(error: unknown): string {
  if (error instanceof HourglassError) return printable(error.message);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function logged(error: unknown, instance: string): void {
  // Unlike a write to process.stderr, this never throws if the log cannot be written.
  console.error(`hourglass: ${instance}: ${logText(expectedError(error))}`);
}

function wrong(subject: string, rule: string, got: unknown, hint?: string): HourglassError {
  return new HourglassError('usage', {
    subject,
    rule,
    ...(got === undefined ? {} : { got }),
    ...(hint === undefined ? {} : { hint }),
  });
}
