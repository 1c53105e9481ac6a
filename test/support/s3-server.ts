/**
 * An S3-compatible server for tests: one bucket in memory. It computes each signature itself, by the description of version 4, and
 * refuses what is signed otherwise, is altered on its way, or comes from another time. Faults can be put into its answers.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const KEY_ID = 'AKIATEST';
export const SECRET = 'hush/secret+5678';
export const TOKEN = 'token-hush-9';

/** What becomes of the next request that it matches. */
export interface Fault {
  readonly method?: string;
  readonly match?: RegExp;
  /** Answers with this status and the code of an error. */
  readonly status?: number;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the connection after so many bytes of the object. */
  readonly cutAfter?: number;
  /** Sends these bytes for the object. */
  readonly instead?: Uint8Array;
  /** How often; once by default. */
  times?: number;
}

export interface S3Server {
  readonly url: string;
  /** By their keys. */
  readonly objects: Map<string, Uint8Array>;
  /** Method and key of every request that was answered. */
  readonly asked: string[];
  readonly faults: Fault[];
  /** What a program needs to use it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startS3(bucket = 'bucket', region = 'eu-test-1'): Promise<S3Server> {
  const objects = new Map<string, Uint8Array>();
  const asked: string[] = [];
  const faults: Fault[] = [];
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  const refuse = (response: ServerResponse, status: number, code: string, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const method = request.method!;
    const path = new URL(request.url!, 'http://host').pathname;
    asked.push(`${method} ${path}`);
    const wrong = problemOf(request, body, region);
    if (wrong !== null) return refuse(response, 403, wrong);
    const [, first, ...rest] = path.split('/');
    if (first !== bucket) return refuse(response, 404, 'NoSuchBucket');
    const key = rest.join('/');
    const fault = faults.find((one) => (one.method ?? method) === method && (one.match ?? /^/).test(key));
    if (fault !== undefined) {
      fault.times = (fault.times ?? 1) - 1;
      if (fault.times <= 0) faults.splice(faults.indexOf(fault), 1);
      if (fault.status !== undefined)
        return refuse(response, fault.status, fault.code ?? 'Odd', fault.headers);
    }
    if (method === 'PUT') {
      objects.set(key, body);
      return response.writeHead(200).end();
    }
    if (method === 'DELETE') {
      objects.delete(key);
      return response.writeHead(204).end();
    }
    const found = fault?.instead ?? objects.get(key);
    if (found === undefined) return refuse(response, 404, 'NoSuchKey');
    response.writeHead(200, { 'content-length': String(found.length) });
    if (fault?.cutAfter === undefined) return response.end(found);
    response.write(found.subarray(0, fault.cutAfter), () => response.destroy());
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url, objects, asked, faults },
    env: {
      ...{ AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: KEY_ID, AWS_SECRET_ACCESS_KEY: SECRET },
      ...{ AWS_SESSION_TOKEN: TOKEN, AWS_REGION: region },
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The code of what is wrong with a request; null if it is signed as it should be. */
function problemOf(request: IncomingMessage, body: Uint8Array, region: string): string | null {
  const { headers } = request;
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    headers.authorization ?? '',
  );
  if (parts === null) return 'AccessDenied';
  const [credential, signed, signature] = parts.slice(1) as [string, string, string];
  const [keyId, day, ...scope] = credential.split('/');
  if (keyId !== KEY_ID) return 'InvalidAccessKeyId';
  if (headers['x-amz-security-token'] !== TOKEN) return 'InvalidToken';
  if (scope.join('/') !== `${region}/s3/aws4_request`) return 'AuthorizationHeaderMalformed';
  const date = String(headers['x-amz-date']);
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!date.startsWith(day!) || !(Math.abs(Date.now() - time) < 900_000)) return 'RequestTimeTooSkewed';
  const names = signed.split(';');
  for (const name of ['host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'])
    if (!names.includes(name)) return 'AccessDenied';
  const content = String(headers['x-amz-content-sha256']);
  const isWritten = request.method === 'PUT';
  if (isWritten && content !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const canonical = [
    request.method,
    request.url!.split('?')[0],
    request.url!.split('?')[1] ?? '',
    ...names.map((name) => `${name}:${String(headers[name]).trim().replace(/\s+/g, ' ')}`),
    '',
    signed,
    content,
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', date, [day, ...scope].join('/'), sha256(Buffer.from(canonical))].join(
    '\n',
  );
  const key = [day!, ...scope].reduce<string | Buffer>((before, part) => hmac(before, part), `AWS4${SECRET}`);
  const wanted = hmac(key, toSign);
  return timingSafeEqual(wanted, Buffer.from(signature, 'hex')) ? null : 'SignatureDoesNotMatch';
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
