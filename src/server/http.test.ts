/** The service behind a socket, asked by raw bytes: what no HTTP client would send. */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Listening, listen } from './http.ts';
import { PIXELS, type TestService, testService } from './testing.ts';

let service: TestService;
let listening: Listening;
beforeAll(async () => {
  service = await testService({ port: 0 });
  listening = await listen(service.app, service.state);
});
afterAll(() => listening.close());

const portOf = (url: string) => Number(new URL(url).port);

/** Sends text over a connection of its own; everything that comes back until the other end closes. */
function raw(url: string, send: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port: portOf(url), host: '127.0.0.1', allowHalfOpen: true }, () => send(socket));
    let got = '';
    socket.setEncoding('latin1').on('data', (text) => {
      got += text;
    });
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(got));
  });
}

const ask = (...lines: string[]) =>
  raw(listening.url, (socket) => socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`));

function problemIn(answer: string): Record<string, unknown> {
  expect(answer).toMatch(/^content-type: application\/problem\+json\r$/im);
  expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im);
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}

describe('the head of a request', () => {
  test.each<[string, string[], number, RegExp]>([
    ['no Host', ['GET /health HTTP/1.1'], 400, /missing/],
    ['two Hosts', ['GET /health HTTP/1.1', 'Host: localhost', 'Host: localhost'], 400, /more than one/],
    [
      'an unknown expectation',
      ['GET /health HTTP/1.1', 'Host: localhost', 'Expect: 200-ok'],
      417,
      /100-continue/,
    ],
    [
      'an unknown expectation next to a known one',
      ['GET /health HTTP/1.1', 'Host: localhost', 'Expect: 100-continue, 200-ok'],
      417,
      /100-continue/,
    ],
    [
      'more headers than are read',
      ['GET /health HTTP/1.1', 'Host: localhost', ...Array.from({ length: 120 }, (_, i) => `X-${i}: ${i}`)],
      431,
      /100 headers/,
    ],
    [
      'another host in the target',
      ['GET http://evil.example/health HTTP/1.1', 'Host: localhost'],
      421,
      /--allow-host/,
    ],
    ['a target that is no path', ['GET ftp://localhost/health HTTP/1.1', 'Host: localhost'], 400, /target/],
    [
      'a user in the target',
      ['GET http://localhost@evil.example/ HTTP/1.1', 'Host: localhost'],
      400,
      /target/,
    ],
  ])('%s', async (_, lines, status, words) => {
    const answer = await ask(...lines);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(problemIn(answer)).toMatchObject({
      type: 'about:blank',
      status,
      detail: expect.stringMatching(words),
    });
  });

  test('the target names the host, whatever the Host header says', async () => {
    const answer = await ask('GET http://localhost:1/health?x HTTP/1.1', 'Host: evil.example');
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  test('a hundred headers are read to the last one', async () => {
    const others = Array.from({ length: 98 }, (_, i) => `X-${i}: ${i}`);
    const answer = await ask(
      'GET /v1/models HTTP/1.1',
      'Host: localhost',
      ...others,
      'Origin: https://evil.example',
    );
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    const fewer = await ask(
      'GET /v1/models HTTP/1.1',
      'Host: localhost',
      ...others.slice(1),
      'Origin: https://evil.example',
    );
    expect(fewer).toMatch(/^HTTP\/1.1 403 /);
  });
});

describe('a connection', () => {
  /** A body whose JSON follows so many chunks of a space each. */
  const chunked = (spaces: number, target = '/v1/models/plain/encode') => {
    const body = JSON.stringify({ images: Array(PIXELS).fill(0.5) });
    const chunks = `${'1\r\n \r\n'.repeat(spaces)}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const head = `POST ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n`;
    return raw(listening.url, (socket) => socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n${chunks}`));
  };

  test('may send some thousand tiny chunks, and no more', async () => {
    expect(await chunked(3000)).toMatch(/^HTTP\/1.1 200 /);
    for (const target of ['/v1/models/plain/encode', '/nothing', '/health']) {
      // One that is refused before its body is read gets that answer.
      const answer = await chunked(50_000, target);
      expect(answer).toMatch(/^HTTP\/1.1 (413|404|405) /);
    }
    expect(await chunked(50_000)).toContain('too many small chunks');
  });

  test('may have some requests under way, and no more', async () => {
    const pipelined = (count: number) =>
      raw(listening.url, (socket) => {
        const get = (last: boolean) =>
          `GET /health HTTP/1.1\r\nHost: localhost\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;
        socket.write(Array.from({ length: count }, (_, i) => get(i === count - 1)).join(''));
      });
    const statuses = (answer: string) =>
      [...answer.matchAll(/HTTP\/1.1 (\d+) /g)].map(([, status]) => status);
    expect(statuses(await pipelined(16))).toEqual(Array(16).fill('200'));
    expect(statuses(await pipelined(20))).toEqual([...Array(16).fill('200'), '429']);
    await pipelined(1000);
    expect((await fetch(`${listening.url}/health`)).status).toBe(200);
  });
});

test('a client that closes its sending side gets its answer', async () => {
  const body = JSON.stringify({ images: Array(PIXELS).fill(0.5) });
  const answer = await raw(listening.url, (socket) =>
    socket.end(
      `POST /v1/models/plain/encode HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ),
  );
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer).toContain('"codes"');
});

describe('a client whose request is being computed', () => {
  const request = (count: number) => {
    const body = JSON.stringify({ images: Array(count).fill(Array(PIXELS).fill(0.5)) });
    const head = `Host: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    return `POST /v1/models/plain/encode HTTP/1.1\r\n${head}\r\n\r\n${body}`;
  };
  const until = async (fulfilled: () => boolean) => {
    while (!fulfilled()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test('that closes its connection takes its waiting work with it', async () => {
    const { engine, state } = service;
    let go = () => {};
    engine.hold = new Promise((resolve) => {
      go = resolve;
    });
    const host = state.models.get('plain')!;
    const first = raw(listening.url, (socket) => socket.end(request(1)));
    await until(() => state.working === 1);
    const leaving = connect(portOf(listening.url), '127.0.0.1').on('error', () => {});
    leaving.write(request(3));
    await until(() => host.waiting === 3);
    leaving.destroy();
    await until(() => host.waiting === 0);
    await until(() => state.working === 1);
    // The one that closed only its sending side is still waited on, and answered.
    const runs = engine.runs.length;
    go();
    engine.hold = null;
    expect(await first).toMatch(/(^|\r\n\r\n)HTTP\/1.1 200 OK\r\n/);
    expect(engine.runs.length).toBe(runs);
  });
});

describe('the end', () => {
  test('connections that come while it ends are answered, none is reset', async () => {
    const ending = await testService({ port: 0, limits: { connections: 256 } });
    const { url, close } = await listen(ending.app, ending.state);
    const get = () =>
      raw(url, (socket) => socket.write('GET /v1/models/plain/sample HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    // They wait in the listener's queue: the event loop has not turned since.
    const early = Array.from({ length: 200 }, get);
    const closed = close();
    const late = Array.from({ length: 50 }, get);
    const answers = await Promise.all([...early, ...late]);
    await closed;
    expect(answers.filter((answer) => !answer.startsWith('HTTP/1.1 503 '))).toEqual([]);
  });

  test('an answer under way is finished', async () => {
    const ending = await testService({ port: 0 });
    const { url, close } = await listen(ending.app, ending.state);
    let go = () => {};
    ending.engine.hold = new Promise((resolve) => {
      go = resolve;
    });
    const body = JSON.stringify({ images: Array(PIXELS).fill(0.5) });
    const headers = { 'content-type': 'application/json' };
    const answer = fetch(`${url}/v1/models/plain/encode`, { method: 'POST', headers, body });
    while (ending.engine.runs.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = close();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    go();
    expect((await answer).status).toBe(200);
    await closed;
  });
});
