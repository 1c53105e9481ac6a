/** Errors as clients see them: RFC 9457 problem details. They say what to do and reveal nothing internal. */

export type ProblemStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 406
  | 408
  | 409
  | 413
  | 415
  | 417
  | 421
  | 422
  | 429
  | 431
  | 500
  | 503
  | 504;

export const TITLES: Readonly<Record<ProblemStatus, string>> = {
  400: 'Malformed request',
  401: 'Token required',
  403: 'Refused',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'No such media type',
  408: 'Request took too long',
  409: 'Not possible with this model',
  413: 'Too large',
  415: 'Unsupported media type',
  417: 'Unknown expectation',
  421: 'Unknown host',
  422: 'Invalid content',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Not available',
  504: 'Computing took too long',
};

export const PROBLEM_TYPE = 'application/problem+json';

/** A refusal with its status. `detail` is for the client: it never holds a path or a stack. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: ProblemStatus;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ProblemStatus, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
  }

  /** The body, as text. `instance` identifies this occurrence, if the log has more about it. */
  body(instance?: string): string {
    return `${JSON.stringify({
      type: 'about:blank',
      title: TITLES[this.status],
      status: this.status,
      detail: this.message,
      ...(instance === undefined ? {} : { instance }),
    })}\n`;
  }

  response(instance?: string): Response {
    return new Response(this.body(instance), {
      status: this.status,
      headers: { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store', ...this.headers },
    });
  }
}

/** A value of a request, made safe to repeat to its sender: short, and without control characters. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return `'${short(text, 60)}'`;
}

/** A text with parts of a request in it: without control characters, and cut where it is too long. */
export function short(text: string, most = 1000): string {
  const plain = text.slice(0, 2 * most).replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '�');
  return plain.length > most ? `${plain.slice(0, most)}…` : plain;
}

/** Seconds after which a refused request is worth another try. */
export const RETRY = { 'retry-after': '1' } as const;
