/** The service as it is used: a trained model, sockets, signals; and clients that are slow, broken or gone. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  anomaly,
  falseAlarmsAbove,
  interpolate,
  loadModel,
  type Model,
  manifold,
  SCORE_KINDS,
  type Service,
  sample,
  serve,
  train,
} from 'hourglass';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { decodePng } from '../../src/codecs/png.ts';
import { PIXELS, SIDE, start, TINY, temporaryFolder, writeData } from '../support/program.ts';

let folder: string;
let run: string;
let model: Model;
let service: Service;

beforeAll(async () => {
  folder = await temporaryFolder();
  const dataDir = await writeData(join(folder, 'data'));
  ({ folder: run } = await train(TINY, {
    data: 'mnist',
    dataDir,
    out: join(folder, 'tiny'),
    threads: 1,
    tensorboard: 'none',
  }));
  model = await loadModel(run, { threads: 1 });
  service = await serve(
    { tiny: run },
    {
      port: 0,
      references: [join(dataDir, 't10k-images-idx3-ubyte')],
      limits: { batch: 16 },
    },
  );
}, 240_000);

afterAll(async () => {
  await service?.close();
  await model?.dispose();
});

const drawn = (count: number, seed: number) =>
  Float32Array.from({ length: count * PIXELS }, (_, i) => ((i * 7919 + seed * 104_729) % 1009) / 1009);

interface Float32Data {
  data: number[];
}

async function reconstruct(url: string, images: Float32Array): Promise<Float32Array> {
  const data = Buffer.from(images.buffer).toString('base64');
  const response = await fetch(`${url}/v1/models/tiny/reconstruct?encoding=base64`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ images: { type: 'float32', data } }),
  });
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.anything()]);
  const bytes = Buffer.from(JSON.parse(text).images.data, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

const farthest = (a: Float32Array, b: Float32Array): number => {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
};

/** A JSON request over one of the agent's connections. */
function post(url: string, body: string, agent: Agent) {
  return new Promise<{ status: number | undefined; connection: string | undefined; answer: string }>(
    (resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const sent = request(url, { method: 'POST', agent, headers }, async (response) => {
        let answer = '';
        for await (const text of response.setEncoding('utf8')) answer += text;
        resolve({ status: response.statusCode, connection: response.headers.connection, answer });
      });
      sent.on('error', reject).end(body);
    },
  );
}

/** Sends text as it is over a socket; gives all that comes back until the other end closes. */
function raw(url: string, send: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => send(socket));
    let got = '';
    socket.setEncoding('utf8').on('data', (text) => {
      got += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(got));
  });
}

describe('results are those of the library', () => {
  test('bit for bit, asked one by one', async () => {
    for (let i = 0; i < 3; i++) {
      const images = drawn(i + 1, i);
      expect(await reconstruct(service.url, images)).toEqual((await model.reconstruct(images)).data);
    }
  });

  test('whatever they were joined with', async () => {
    const requests = Array.from({ length: 40 }, (_, i) => drawn(1 + (i % 5), i));
    const results = await Promise.all(requests.map((images) => reconstruct(service.url, images)));
    for (const [i, result] of results.entries()) {
      // ONNX Runtime promises no bits across batch sizes; float32 has seven digits.
      expect(farthest(result, (await model.reconstruct(requests[i]!)).data)).toBeLessThan(1e-6);
    }
    const text = await (await fetch(`${service.url}/metrics`)).text();
    const [sum, count] = ['sum', 'count'].map((part) =>
      Number(
        new RegExp(`batch_images_${part}\\{model="tiny",operation="reconstruct"\\} (\\d+)`).exec(text)?.[1],
      ),
    ) as [number, number];
    expect(sum / count).toBeGreaterThan(2);
  });
});

describe('every verb gives what its function gives', () => {
  const ask = async (path: string, body?: object) => {
    const response = await fetch(`${service.url}/v1/models/tiny/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, Float32Data> };
  };
  const rows = (images: Float32Array) =>
    Array.from({ length: images.length / PIXELS }, (_, n) => [
      ...images.subarray(n * PIXELS, (n + 1) * PIXELS),
    ]);
  const flat = (array: Float32Data | undefined) =>
    Float32Array.from(array!.data.flat(Number.POSITIVE_INFINITY));

  test('sample, manifold', async () => {
    const drawnHere = await sample(model, 5, 3);
    const drawnThere = await ask('sample?count=5&seed=3');
    expect(drawnThere.status).toBe(200);
    expect(flat(drawnThere.body.images)).toEqual(drawnHere.images.data);
    expect(drawnThere.body.note).toBe(drawnHere.note);
    const here = await manifold(model, 4, { units: [2, 0] });
    const there = await ask('manifold?size=4&units=2,0');
    expect(flat(there.body.images)).toEqual(here.images.data);
    expect(there.body).toMatchObject({ units: [2, 0], x: here.x, y: here.y });
    expect((await ask('manifold?size=4&units=2,9')).status).toBe(422);
    expect((await ask('sample?count=2000')).status).toBe(413);
    expect((await ask('sample?from=prior')).status).toBe(422);
  });

  test('interpolate, from images and from codes', async () => {
    const images = drawn(3, 1);
    const codes = (await model.encode(images)).data;
    const units = model.info.codeUnits;
    const here = await interpolate(model, codes.slice(0, 2 * units), codes.slice(units), 5);
    const there = await ask('interpolate?steps=5', { images: rows(images) });
    expect(there.body.images).toMatchObject({ shape: [2, 5, 1, SIDE, SIDE] });
    expect(flat(there.body.images)).toEqual(here.images.data);
    const given = Array.from({ length: 3 }, (_, n) => [...codes.subarray(n * units, (n + 1) * units)]);
    expect(flat((await ask('interpolate', { codes: given, steps: 5 })).body.images)).toEqual(
      here.images.data,
    );
    expect((await ask('interpolate', { images: rows(drawn(1, 1)) })).status).toBe(422);
    expect((await ask('interpolate', { codes: given, images: rows(images) })).status).toBe(422);
  });

  test('anomaly', async () => {
    const images = drawn(4, 2);
    const here = await anomaly(model, images, { quantile: 0.9 });
    const there = await ask('anomaly?masks=yes', { images: rows(images), quantile: 0.9 });
    expect(there.body).toMatchObject({
      threshold: here.threshold,
      scores: [...here.scores],
      flagged: here.flagged,
    });
    expect(flat(there.body.masks)).toEqual(here.masks.data);
    const rare = await ask('anomaly', { images: rows(images), falseAlarms: 0.3 });
    const { threshold } = await anomaly(model, images, { falseAlarms: 0.3 });
    expect(rare.body).toMatchObject({ threshold, falseAlarms: falseAlarmsAbove(model, threshold) });
    expect((await ask('anomaly', { images: rows(images), falseAlarms: 0.3, quantile: 0.9 })).status).toBe(
      422,
    );
  });

  test.each(SCORE_KINDS.filter((kind) => kind !== 'distance'))(
    'anomaly by the score %s, in the address or in the body',
    async (score) => {
      const images = drawn(4, 2);
      const { threshold, scores } = await anomaly(model, images, { score });
      const expected = { score, threshold, scores: [...scores] };
      expect(
        (await ask(`anomaly?score=${encodeURIComponent(score)}`, { images: rows(images) })).body,
      ).toMatchObject(expected);
      expect((await ask('anomaly', { images: rows(images), score })).body).toMatchObject(expected);
    },
  );

  test('anomaly refuses an unknown score', async () => {
    expect((await ask('anomaly?score=median', { images: rows(drawn(1, 1)) })).status).toBe(422);
  });

  test('neighbours: an image of the references is its own', async () => {
    const { images } = (await ask('neighbours?k=1', { images: rows(drawn(1, 1)) })).body as unknown as {
      images: { data: number[] };
    };
    const found = (await ask('neighbours?k=3', { images: rows(flat(images)) })).body as unknown as {
      references: number;
      source: string;
      neighbours: { place: number; distance: number }[][];
    };
    expect(found).toMatchObject({ references: 20, source: 'images given at the start' });
    expect(found.neighbours[0]).toHaveLength(3);
    expect(found.neighbours[0]![0]!.distance).toBeCloseTo(0, 6);
    expect((await ask('neighbours?k=30', { images: rows(drawn(1, 1)) })).status).toBe(422);
  });

  test('what a model cannot do is said', async () => {
    const { status, body } = await ask('denoise', { images: rows(drawn(1, 1)) });
    expect([status, body.detail]).toEqual([409, expect.stringContaining('trained only on clean images')]);
    const facts = (await (await fetch(`${service.url}/v1/models/tiny`)).json()) as { verbs: string[] };
    expect(facts.verbs).toContain('/v1/models/tiny/anomaly');
    expect(facts.verbs).not.toContain('/v1/models/tiny/denoise');
  });

  test('as pictures', async () => {
    const { channels, height, width } = model.info.image;
    expect([channels, height, width]).toEqual([1, SIDE, SIDE]);
    const headers = { accept: 'image/png', 'content-type': 'application/json' };
    const body = JSON.stringify({ images: rows(drawn(2, 1)) });
    const sizes: Record<string, [number, number]> = {
      'sample?count=4': [2, 2],
      'manifold?size=3': [3, 3],
      'interpolate?steps=6': [6, 1],
      anomaly: [3, 2],
      'neighbours?k=4': [5, 2],
    };
    for (const [path, [across, down]] of Object.entries(sizes)) {
      const made = path.startsWith('sample') || path.startsWith('manifold');
      const response = await fetch(`${service.url}/v1/models/tiny/${path}`, {
        headers,
        ...(made ? {} : { method: 'POST', body }),
      });
      expect(response.status).toBe(200);
      const png = decodePng(new Uint8Array(await response.arrayBuffer()), path);
      expect([path, png.width, png.height]).toEqual([path, across * (SIDE + 1) - 1, down * (SIDE + 1) - 1]);
    }
  });
});

describe('clients that harm none but themselves', () => {
  let hasty: Service;
  beforeAll(async () => {
    hasty = await serve({ tiny: run }, { port: 0, limits: { headersTime: 1000, bodyTime: 1500 } });
  }, 240_000);
  afterAll(() => hasty?.close());

  const fine = async () => expect((await fetch(`${hasty.url}/health`)).status).toBe(200);

  test('what is no HTTP', async () => {
    for (const text of [
      '\0\xff\x16\x03\x01 nonsense\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'GET /\r\n\r\n',
      'CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    ]) {
      const answer = await raw(hasty.url, (socket) => socket.write(text, 'latin1'));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('application/problem+json');
    }
    const header = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await raw(hasty.url, (socket) => socket.write(header))).toMatch(/^HTTP\/1\.1 431 /);
    await fine();
  });

  test('headers that never end', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        raw(hasty.url, (socket) => socket.write('GET / HTTP/1.1\r\nHost: loc')),
      ),
    );
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    await fine();
  });

  test('a body that comes in drops', async () => {
    const answer = await raw(hasty.url, (socket) => {
      socket.write(
        'POST /v1/models/tiny/encode HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
      );
      const drops = setInterval(() => socket.write(' '), 50);
      socket.on('close', () => clearInterval(drops));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    await fine();
  });

  test('a body that breaks off, and a client that does not wait', async () => {
    await raw(hasty.url, (socket) => {
      socket.write(
        'POST /v1/models/tiny/encode HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"im',
      );
      setTimeout(() => socket.destroy(), 20);
    });
    const away = new AbortController();
    const asked = fetch(`${hasty.url}/v1/models/tiny/encode`, { signal: away.signal });
    away.abort();
    await expect(asked).rejects.toThrow();
    await fine();
  });

  test('a body that is too large is refused before it has been sent', async () => {
    const answer = await raw(hasty.url, (socket) =>
      socket.write(
        'POST /v1/models/tiny/encode HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n',
      ),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    await fine();
  });
});

test('a service can be a resource of a block', async () => {
  const other = await serve({ tiny: run }, { port: 0 });
  expect((await fetch(`${other.url}/health`)).status).toBe(200);
  await other[Symbol.asyncDispose]();
  await expect(fetch(`${other.url}/health`)).rejects.toThrow();
});

test('what a service cannot start with is said in a line', async () => {
  await expect(serve(join(folder, 'nowhere'))).rejects.toThrow(/nowhere/);
  await expect(serve({})).rejects.toThrow('at least one');
  await expect(serve({ 'a/b': run })).rejects.toThrow("a model's name");
  await expect(serve({ tiny: run }, { port: Number(new URL(service.url).port) })).rejects.toThrow(
    'is in use',
  );
});

describe('hourglass serve', () => {
  test('finishes what it accepted when it is told to end, and loses nothing', async () => {
    const served = start(folder, ['serve', 'digits=tiny', '--port', '0', '--max-batch', '4']);
    const said = await served.says('http://127.0.0.1:');
    const url = /http:\/\/\S+/.exec(said)![0];
    expect(said).toContain('serving digits');
    const body = JSON.stringify({ images: Array.from({ length: 50 }, () => Array(PIXELS).fill(0.5)) });
    const outcomes: (number | undefined)[] = [];
    let asked = 0;
    // Each over one connection, until the service says that it closes it.
    const client = async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let closes = false; !closes; ) {
        asked++;
        const { status, connection, answer } = await post(`${url}/v1/models/digits/reconstruct`, body, agent);
        outcomes.push(status);
        if (status === 200) expect(JSON.parse(answer).images.shape).toEqual([50, 1, SIDE, SIDE]);
        closes = connection === 'close';
      }
      agent.destroy();
    };
    const clients = Array.from({ length: 8 }, client);
    await vi.waitFor(() => expect(outcomes.length).toBeGreaterThan(16), 20_000);
    served.process.kill('SIGTERM');
    await Promise.all(clients);
    const { code, stderr } = await served.ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining('finishing the accepted requests')]);
    expect(outcomes).toHaveLength(asked);
    expect(new Set(outcomes)).toEqual(new Set(outcomes.includes(503) ? [200, 503] : [200]));
  });

  test('finds the references of a run whose data were moved: --data-dir', async () => {
    const moved = join(folder, 'moved', 'run');
    await cp(run, moved, { recursive: true });
    await cp(join(folder, 'data'), join(folder, 'moved', 'data'), { recursive: true });
    const manifest = JSON.parse(await readFile(join(moved, 'run.json'), 'utf8'));
    manifest.dataset.dataDir = join(folder, 'gone');
    await writeFile(join(moved, 'run.json'), JSON.stringify(manifest));
    const referencesOf = async (...args: string[]) => {
      const served = start(folder, ['serve', `m=${moved}`, '--port', '0', ...args]);
      const url = /http:\/\/\S+/.exec(await served.says('http://127.0.0.1:'))![0];
      const { references } = (await (await fetch(`${url}/v1/models/m`)).json()) as { references: unknown };
      served.process.kill('SIGTERM');
      expect(await served.ended).toMatchObject({ code: 0 });
      return references;
    };
    expect(await referencesOf()).toBeNull();
    expect(await referencesOf('--data-dir', join(folder, 'moved', 'data'))).toMatch(
      /^the first 20 test images/,
    );
    // Other images than the run's are not taken for its own.
    const other = await writeData(join(folder, 'other-data'), 99);
    const { code, stderr } = await start(folder, ['serve', `m=${moved}`, '--data-dir', other]).ended;
    expect([code, stderr]).toEqual([4, expect.stringContaining('was trained on other images')]);
  });

  test('says what is wrong with a host, a token or a name', async () => {
    const said = async (...args: string[]) => {
      const { code, stderr } = await start(folder, ['serve', ...args]).ended;
      expect(code).toBe(2);
      return stderr;
    };
    expect(await said('tiny', '--host', '0.0.0.0')).toContain('needs a token beyond loopback');
    expect(await said('a=tiny', 'a=tiny')).toContain('its own name');
  });
});
