import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { decodePng, encodePng } from '../codecs/png.ts';
import { expectedError } from '../system-errors.ts';
import { PIXELS, SIDE, type TestService, testService, UNITS } from './testing.ts';
import { WorkerLost, WorkerMissing } from './work/pool.ts';

const image = (first: number) => Array.from({ length: PIXELS }, (_, i) => (first + i) / 100);
const rounded = (values: number[]) => values.map((value) => Number(value.toFixed(5)));
const base64 = (values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString('base64');
const grey = (data: number[], width = SIDE, height = data.length / SIDE) =>
  encodePng({ width, height, channels: 1, data: Uint8Array.from(data) });

let service: TestService;
beforeAll(async () => {
  service = await testService();
});

interface Answer {
  codes: { shape: number[]; data: number[][] };
  images: { shape: number[]; data: number[][][][] };
  models: Record<string, unknown>[];
}
type Content = Record<string, { schema: { $ref?: string } }>;
interface OpenApi {
  openapi: string;
  paths: Record<
    string,
    Record<string, { requestBody: { content: Content }; responses: Record<string, { content: Content }> }>
  >;
}
const json = async (response: Response | Promise<Response>) => (await (await response).json()) as Answer;

/** What every refusal must be: a problem, of this status, with nothing of the inside. */
async function refused(response: Response, status: number, words?: string | RegExp): Promise<void> {
  const text = await response.text();
  expect([response.status, text]).toEqual([status, expect.anything()]);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = JSON.parse(text) as Record<string, unknown>;
  expect(problem).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
  expect(text).not.toMatch(/\/(tmp|home|src|node_modules|secret)\b|\.ts\b|\.js\b|\n\s+at /);
  if (words !== undefined) expect(problem.detail).toMatch(words);
}

describe('arrays in, arrays out', () => {
  const nested = (flat: number[]) => [0, 1, 2].map((row) => flat.slice(row * SIDE, (row + 1) * SIDE));
  const spellings: [string, unknown][] = [
    ['[n, c, h, w]', [[nested(image(0))], [nested(image(9))]]],
    ['[n, h, w]', [nested(image(0)), nested(image(9))]],
    ['[n, pixels]', [image(0), image(9)]],
    ['base64 without a shape', { data: base64([...image(0), ...image(9)]) }],
    ['base64 with one', { type: 'float32', shape: [2, 1, 3, 3], data: base64([...image(0), ...image(9)]) }],
  ];
  test.each(spellings)('%s', async (_, images) => {
    const response = await service.post('encode', { images });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    const body = await json(response);
    expect(body).toMatchObject({ model: 'plain', codes: { type: 'float32', shape: [2, 2] } });
    expect(rounded(body.codes.data.flat())).toEqual([0, 0.02, 0.18, 0.2]);
  });

  test('one image, as [h, w] or flat', async () => {
    for (const images of [nested(image(5)), image(5)]) {
      const { codes } = await json(service.post('encode', { images }));
      expect(rounded(codes.data.flat())).toEqual([0.1, 0.12]);
    }
  });

  test('bytes stand for 0 to 1', async () => {
    const bytes = Array.from({ length: PIXELS }, (_, i) => i * 30);
    for (const data of [bytes, Buffer.from(bytes).toString('base64')]) {
      const { images } = await json(service.post('reconstruct', { images: { type: 'uint8', data } }));
      expect(rounded(images.data.flat(4))).toEqual(rounded(bytes.map((byte) => 1 - byte / 255)));
    }
  });

  test('an answer in base64 goes back in as it is', async () => {
    const { codes } = await json(service.post('encode?encoding=base64', { images: image(3) }));
    expect(codes).toEqual({ type: 'float32', shape: [1, UNITS], data: expect.any(String) });
    const { images } = await json(service.post('decode', { codes }));
    expect(images.shape).toEqual([1, 1, SIDE, SIDE]);
    expect(rounded(images.data.flat(4))).toEqual(Array(PIXELS).fill(0.06));
  });

  test('options stand in the query or in the body, where the body goes first', async () => {
    const response = await service.post('encode?encoding=array', { images: image(3), encoding: 'base64' });
    expect((await json(response)).codes.data).toBeTypeOf('string');
  });

  test('every value survives to its last bit', async () => {
    const value = fc.float({ min: -1, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: UNITS, maxLength: UNITS }), async (codes) => {
        const { images } = await json(service.post('decode', { codes: [codes] }));
        expect(images.data[0]?.[0]?.[0]?.[0]).toBe(codes[0] === 0 ? 0 : codes[0]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('pictures in, pictures out', () => {
  const levels = [0, 30, 60, 90, 120, 150, 180, 210, 240];
  const send = (
    body: NonNullable<RequestInit['body']>,
    type: string | null,
    accept = 'image/png',
    query = '',
  ) =>
    service.ask(`/v1/models/plain/reconstruct${query}`, {
      method: 'POST',
      headers: { accept, ...(type === null ? {} : { 'content-type': type }) },
      body,
    });

  test('a PNG gives a PNG of the same size', async () => {
    const response = await send(grey(levels) as Uint8Array<ArrayBuffer>, 'image/png');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/png');
    const png = decodePng(new Uint8Array(await response.arrayBuffer()), 'answer');
    expect(png).toMatchObject({ width: SIDE, height: SIDE, channels: 1 });
    expect([...png.data]).toEqual(levels.map((level) => 255 - level));
  });

  test('several files give a contact sheet, with grey between', async () => {
    const form = new FormData();
    for (const name of ['a', 'b', 'c'])
      form.append(name, new Blob([grey(levels) as Uint8Array<ArrayBuffer>]));
    const response = await send(form, null, 'image/*', '?columns=3&scale=2');
    const png = decodePng(new Uint8Array(await response.arrayBuffer()), 'answer');
    expect(png).toMatchObject({ width: 3 * 6 + 2, height: 6 });
    expect([...png.data.slice(0, 8)]).toEqual([255, 255, 225, 225, 195, 195, 96, 255]);
  });

  test('a form may carry options, and gives JSON where that is asked for', async () => {
    const form = new FormData();
    form.append('encoding', 'base64');
    form.append('file', new Blob([grey(levels) as Uint8Array<ArrayBuffer>]), '../../etc/passwd');
    const { images } = await json(send(form, null, 'application/json'));
    expect(images).toMatchObject({ shape: [1, 1, 3, 3], data: expect.any(String) });
  });

  test('what Accept says is weighed', async () => {
    const type = async (accept: string) =>
      (await send(grey(levels) as Uint8Array<ArrayBuffer>, 'image/png', accept)).headers.get('content-type');
    expect(await type('*/*')).toBe('application/json');
    expect(await type('image/avif,image/webp,image/*;q=0.8,*/*;q=0.5')).toBe('image/png');
    expect(await type('application/json;q=0.2, image/png')).toBe('image/png');
    await refused(
      await send(grey(levels) as Uint8Array<ArrayBuffer>, 'image/png', 'text/html'),
      406,
      /image\/png/,
    );
    await refused(
      await service.post('encode', { images: image(0) }, { accept: 'image/png' }),
      406,
      /application\/json/,
    );
  });

  test('format goes before Accept, in the query as in the body', async () => {
    const type = async (query: string, body: object, accept = '*/*') => {
      const response = await service.post(`reconstruct${query}`, { images: levels, ...body }, { accept });
      expect(response.headers.get('vary')).toBe('accept');
      return response.headers.get('content-type');
    };
    expect(await type('', { images: { type: 'uint8', data: levels } })).toBe('application/json');
    const images = { type: 'uint8', data: levels };
    expect(await type('?format=png', { images })).toBe('image/png');
    expect(await type('', { images, format: 'png' })).toBe('image/png');
    expect(await type('', { images, format: 'json' }, 'image/png')).toBe('application/json');
    await refused(await service.post('encode', { images, format: 'png' }), 406);
  });

  test('anything but a picture is refused, whatever its name and type', async () => {
    const png = Buffer.from(grey(levels));
    expect(inflateSync(Buffer.from(deflated(png))).length).toBeGreaterThan(0);
    const bad: Uint8Array<ArrayBuffer>[] = [
      new Uint8Array(0),
      new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      new Uint8Array(png.subarray(0, png.length - 20)),
      new Uint8Array(1000).fill(255),
    ];
    for (const body of bad) await refused(await send(body, 'image/png'), 422, /picture|image/i);
  });
});

const deflated = (png: Buffer): Uint8Array => {
  const at = png.indexOf('IDAT');
  return png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
};

describe('refusals', () => {
  test.each<[string, unknown, number, RegExp]>([
    ['no JSON', '{"images": [', 400, /JSON/],
    ['no UTF-8', 'x', 400, /JSON/],
    ['too deep', '['.repeat(100_000), 400, /nested/],
    ['a list instead of an object', [1], 422, /body/i],
    ['null', 'null', 422, /body/i],
    ['nothing to encode', {}, 422, /'images'/],
    ['codes instead', { codes: [1, 2] }, 422, /'codes' is not a setting/],
    ['an unknown setting', { images: image(0), encodng: 'base64' }, 422, /Did you mean 'encoding'/],
    ['a wrong setting', { images: image(0), encoding: 'hex' }, 422, /encoding/],
    ['text', { images: 'abc' }, 422, /images/],
    ['no numbers', { images: Array(PIXELS).fill('1') }, 422, /numbers/],
    ['null among them', { images: [...image(0).slice(1), null] }, 422, /numbers/],
    ['Infinity', `{"images":[${Array(PIXELS).fill('1e999')}]}`, 422, /finite/],
    ['a huge number', `{"images":[${Array(PIXELS).fill('1e300')}]}`, 422, /finite/],
    ['bytes taken for floats', { images: Array(PIXELS).fill(255) }, 422, /uint8/],
    ['too few values', { images: [1, 2, 3] }, 422, /\[n, 1, 3, 3\]/],
    ['another shape', { images: { shape: [9, 1], data: image(0).map((v) => [v]) } }, 422, /\[n, 1, 3, 3\]/],
    ['a shape that does not fit', { images: { shape: [2, 9], data: image(0) } }, 422, /does not fit/],
    ['ragged lists', { images: [image(0), image(0).slice(1)] }, 422, /the same length/],
    ['no image', { images: [] }, 422, /\[n, 1, 3, 3\]/],
    ['no base64', { images: { data: 'ä' } }, 422, /base64/],
    ['broken base64', { images: { data: 'AAA' } }, 422, /base64/],
    ['half a float', { images: { data: 'AAAA' } }, 422, /not a multiple of four/],
    ['NaN as Python writes it', `{"images":[${Array(PIXELS).fill('NaN')}]}`, 400, /no NaN/],
    ['-Infinity as Python writes it', `{"images":[${Array(PIXELS).fill('-Infinity')}]}`, 400, /no Infinity/],
    ['-∞ in base64', { images: { data: base64(Array(PIXELS).fill(-1 / 0)) } }, 422, /finite/],
    ['below 0 in base64', { images: { data: base64(Array(PIXELS).fill(-0.1)) } }, 422, /\[0, 1\]/],
    ['above 1', { images: Array(PIXELS).fill(1.5) }, 422, /\[0, 1\]/],
    ['NaN in base64', { images: { data: base64(Array(PIXELS).fill(Number.NaN)) } }, 422, /finite/],
    ['half a byte', { images: { type: 'uint8', data: Array(PIXELS).fill(0.5) } }, 422, /uint8/],
    ['too many images', { images: Array(257).fill(image(0)) }, 413, /256/],
  ])('%s', async (_, body, status, words) => refused(await service.post('encode', body), status, words));

  test('names, routes, methods and media types that are not there', async () => {
    await refused(await service.ask('/v1/models/other'), 404, /'other'/);
    await refused(await service.ask('/v1/models/..%2f..%2fetc%2fpasswd'), 404);
    await refused(await service.ask('/v1/models/__proto__'), 404);
    await refused(await service.ask('/nothing'), 404);
    await refused(await service.post('explode', {}), 404);
    const wrong = await service.ask('/v1/models/plain/encode');
    expect(wrong.headers.get('allow')).toBe('POST');
    await refused(wrong, 405);
    await refused(await service.ask('/v1/models', { method: 'DELETE' }), 405);
    await refused(await service.post('encode', '{}', { 'content-type': 'text/plain' }), 415, /multipart/);
    await refused(await service.post('decode', '{}', { 'content-type': 'image/png' }), 415);
    const npy = { 'content-type': 'application/octet-stream' };
    await refused(await service.post('encode', '\u0093NUMPY', npy), 415, /application\/json/);
    await refused(await service.post('encode', '{}', { 'content-encoding': 'gzip' }), 415, /compressed/);
    await refused(await service.post('encode?encoding=array&encoding=base64', {}), 422, /once/);
  });

  test('a body that is too large, whether it says so or not', async () => {
    const small = await testService({ limits: { bodyBytes: 1000 } });
    await refused(await small.post('encode', ' '.repeat(1001)), 413, /1000 bytes/);
    const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(100)) });
    const init = {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    };
    await refused(await small.ask('/v1/models/plain/encode', init as RequestInit), 413);
    expect((await small.post('encode', { images: image(0) })).status).toBe(200);
  });

  test('a body that never ends', async () => {
    const hasty = await testService({ limits: { bodyTime: 30 } });
    const silent = new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(10)) });
    const init = {
      method: 'POST',
      body: silent,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    };
    await refused(await hasty.ask('/v1/models/plain/encode', init as RequestInit), 408);
  });

  test('more bytes at once than may be held', async () => {
    const small = await testService({ limits: { heldBytes: 1500 } });
    let go = () => {};
    const body = new ReadableStream({
      async start(stream) {
        stream.enqueue(new Uint8Array(1000).fill(32));
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        stream.enqueue(new TextEncoder().encode(JSON.stringify({ images: image(0) })));
        stream.close();
      },
    });
    const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } };
    const first = small.ask('/v1/models/plain/encode', init as RequestInit);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const second = await small.post('encode', ' '.repeat(1000));
    expect(second.headers.get('retry-after')).toBe('1');
    await refused(second, 503);
    go();
    expect((await first).status).toBe(200);
    expect((await small.post('encode', { images: image(0) })).status).toBe(200);
  });

  test('more bytes than will ever be free is not a matter of time', async () => {
    const small = await testService({ limits: { heldBytes: 1500 } });
    const refusal = await small.post('encode', ' '.repeat(1501));
    expect(refusal.headers.get('retry-after')).toBeNull();
    await refused(refusal, 413, /hold at most 1500 bytes with its answer; this one would hold 1501/);
    const spaces = ' '.repeat(1200);
    const body = `{"images": [${image(0)}],${spaces} "format": "png", "scale": 8}`;
    await refused(await small.post('reconstruct', body), 413, /1500 bytes/);
    expect((await small.post('reconstruct', body.replace(spaces, ''))).status).toBe(200);
  });

  test('a key that an object has twice', async () => {
    const given = JSON.stringify(image(0));
    for (const [body, name] of [
      [`{"images":${given},"images":${given}}`, 'images'],
      [`{"encoding":"array","\\u0065ncoding" : "base64","images":${given}}`, 'encoding'],
      [`{"images":{"data":[${given}],"type":"float32","data":[${given}]}}`, 'data'],
    ] as const) {
      await refused(await service.post('encode', body), 422, `'${name}' must be given once`);
    }
    // No JSON at all comes first.
    await refused(await service.post('encode', '{"a":1,"a":2'), 400);
    await refused(await service.post('encode', '{"a":1:2}'), 400);
    await refused(await service.post('encode', ']{"a":[{"a":1}]}'), 400);
    const nested = JSON.stringify({ images: { data: [image(0)], type: 'float32' }, encoding: 'array' });
    expect((await service.post('encode', nested)).status).toBe(200);
  });

  test('any number of files that are no pictures', async () => {
    const cut = Buffer.from('ffd8ffe000104a46494600', 'hex');
    for (const [file, words] of [
      [Buffer.from('GIF89a, or so it says'), /Picture 0 must be a PNG, JPEG or WebP image/],
      [Buffer.from('hello'), /Picture 0 must be a PNG, JPEG or WebP image/],
      [Buffer.alloc(0), /Picture 0 must be a PNG, JPEG or WebP image/],
      [cut, /Picture 0 must be an undamaged JPEG image/],
    ] as const) {
      const form = new FormData();
      for (let n = 0; n < 12; n++) form.append(`f${n}`, new Blob([new Uint8Array(file)]), 'a.png');
      const init = { method: 'POST', body: form };
      await refused(await service.ask('/v1/models/plain/encode', init), 422, words);
    }
  });

  test('pictures with too many pixels, before they are decoded', async () => {
    const small = await testService({ limits: { imagePixels: 100 } });
    const big = encodePng({ width: 101, height: 1, channels: 1, data: new Uint8Array(101) });
    const init = {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: big as Uint8Array<ArrayBuffer>,
    };
    await refused(await small.ask('/v1/models/plain/encode', init), 413, /100 pixels/);
  });

  test('more requests, or more images, than there is room for', async () => {
    const small = await testService({ limits: { requests: 3 } });
    let go = () => {};
    small.engine.hold = new Promise((resolve) => {
      go = resolve;
    });
    const all = [1, 2, 3, 4].map(() => small.post('encode', { images: image(0) }));
    const last = await all[3]!;
    expect(last.headers.get('retry-after')).toBe('1');
    await refused(last, 429, /requests/);
    go();
    expect((await Promise.all(all.slice(0, 3))).map(({ status }) => status)).toEqual([200, 200, 200]);
    const narrow = await testService({ limits: { waiting: 2, batch: 1 } });
    narrow.engine.hold = new Promise((resolve) => {
      go = resolve;
    });
    const waiting = (count: number) =>
      vi.waitFor(() => {
        expect(narrow.engine.runs).toHaveLength(1);
        expect(narrow.state.models.get('plain')!.waiting).toBe(count);
      });
    const two = [narrow.post('encode', { images: image(0) })];
    await waiting(0);
    two.push(narrow.post('encode', { images: [image(0), image(1)] }));
    await waiting(2);
    await refused(await narrow.post('encode', { images: image(0) }), 429, /wait/);
    go();
    expect((await Promise.all(two)).map(({ status }) => status)).toEqual([200, 200]);
  });

  test('a result that takes too long', async () => {
    const slow = await testService({ limits: { computeTime: 30 } });
    slow.engine.hold = new Promise(() => {});
    await refused(await slow.post('encode', { images: image(0) }), 504);
  });

  test('a model that fails is started again, and says nothing of why', async () => {
    const failing = await testService();
    failing.engine.breaks = true;
    const response = await failing.post('encode', { images: image(0) });
    expect(response.headers.get('retry-after')).toBe('1');
    await refused(response, 503, /not available/);
    expect((await failing.post('encode', { images: image(0) })).status).toBe(200);
    expect(failing.engines).toHaveLength(2);
  });

  test('too little memory in a model or a worker is a 503, and no bug', async () => {
    const failing = await testService();
    failing.engine.breaks = expectedError(new RangeError('Array buffer allocation failed')) as Error;
    await refused(await failing.post('encode', { images: image(0) }), 503, /not available/);
    expect((await failing.post('encode', { images: image(0) })).status).toBe(200);
    expect(failing.engines).toHaveLength(2);
    const picture = {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: Buffer.from(grey(Array(PIXELS).fill(0))),
    };
    const cause = Object.assign(new Error('spawn EAGAIN'), { code: 'EAGAIN', errno: -11, syscall: 'spawn' });
    for (const [error, words, logged] of [
      [new RangeError('std::bad_alloc'), /system lacks/, /memory: is not enough/],
      [new WorkerMissing('a worker did not start', { cause }), /system lacks/, /no more threads, processes/],
      [new WorkerMissing('the service is closing'), /shutting down/, null],
    ] as const) {
      const before = failing.errors.length;
      failing.state.decoders.run = () => Promise.reject(error);
      const response = await failing.ask('/v1/models/plain/encode', picture);
      expect(response.headers.get('retry-after')).toBe('1');
      await refused(response, 503, words);
      const [found] = failing.errors.slice(before);
      if (logged === null) expect(found).toBeUndefined();
      else expect(found).toMatchObject({ name: 'HourglassError', message: expect.stringMatching(logged) });
    }
    failing.state.decoders.run = () => Promise.reject(new WorkerLost('a worker ended'));
    await refused(await failing.ask('/v1/models/plain/encode', picture), 422, /could not be decoded/);
  });

  test('a hung model is given up and replaced', async () => {
    const hanging = await testService({ limits: { computeTime: 250 } });
    hanging.engine.hold = new Promise(() => {});
    await refused(await hanging.post('encode', { images: image(0) }), 504);
    await vi.waitFor(() => expect(hanging.engines).toHaveLength(2), 5000);
    expect((await hanging.post('encode', { images: image(0) })).status).toBe(200);
  });

  test('a result that is not a number is refused, never answered', async () => {
    const overflowing = await testService();
    overflowing.engine.scale = 1e39;
    await refused(await overflowing.post('decode', { codes: [1, 2] }), 422, /not finite/);
    await refused(await overflowing.ask('/v1/models/plain/manifold?range=-1e39,1e39'), 422, /range/);
  });

  test('anything, at any verb, is an answer and no crash', async () => {
    const careful = await testService();
    const body = fc.oneof(
      fc.json({ maxDepth: 6 }),
      fc.string({ maxLength: 200 }),
      fc
        .object({
          maxDepth: 3,
          key: fc.constantFrom('images', 'codes', 'data', 'shape', '__proto__', 'constructor'),
        })
        .map((value) => JSON.stringify(value)),
      fc
        .array(fc.oneof(fc.double(), fc.constant(-0)), { maxLength: 40 })
        .map((images) => JSON.stringify({ images })),
    );
    const type = fc.constantFrom(
      'application/json',
      'image/png',
      'image/webp',
      'multipart/form-data; boundary=x',
      'multipart/form-data',
    );
    const path = fc.oneof(fc.constantFrom('encode', 'decode', 'reconstruct'), fc.webPath());
    const query = fc.oneof(
      fc.constant(''),
      fc.webQueryParameters().map((text) => `?${text}`),
    );
    await fc.assert(
      fc.asyncProperty(path, query, type, body, async (verb, search, contentType, text) => {
        const response = await careful.ask(`/v1/models/plain/${verb}${search}`, {
          method: 'POST',
          headers: { 'content-type': contentType },
          body: text,
        });
        expect([200, 400, 404, 405, 413, 415, 422]).toContain(response.status);
        if (response.status !== 200) await refused(response, response.status);
      }),
      { numRuns: 100 },
    );
    expect(careful.errors).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('forms that are cut off or lie', async () => {
    const form = new FormData();
    form.append('file', new Blob([grey(Array(9).fill(100)) as Uint8Array<ArrayBuffer>]));
    const whole = new Request('http://x', { method: 'POST', body: form });
    const type = whole.headers.get('content-type')!;
    const bytes = new Uint8Array(await whole.arrayBuffer());
    for (const length of [0, 10, 60, bytes.length >> 1, bytes.length - 4]) {
      const init = { method: 'POST', headers: { 'content-type': type }, body: bytes.slice(0, length) };
      await refused(await service.ask('/v1/models/plain/encode', init), 400, /form/);
    }
    const other = {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=other' },
      body: bytes,
    };
    await refused(await service.ask('/v1/models/plain/encode', other), 400);
    const empty = new FormData();
    empty.append('encoding', 'array');
    const init = { method: 'POST', body: empty };
    await refused(await service.ask('/v1/models/plain/encode', init), 422, /at least one picture/);
  });
});

describe('who may ask', () => {
  const get = (path: string, headers: Record<string, string>) => service.ask(path, { headers });

  test('on loopback the name must be the machine’s own', async () => {
    for (const host of ['localhost', '127.0.0.1:8080', '[::1]:9', 'LOCALHOST:1', '127.9.9.9']) {
      expect((await get('/v1/models', { host })).status).toBe(200);
    }
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      '192.168.1.5',
      'a b',
      '',
    ]) {
      await refused(await get('/v1/models', { host }), 421);
    }
    const proxied = await testService({ allowedHosts: ['digits.example'] });
    expect((await proxied.ask('/v1/models', { headers: { host: 'digits.example' } })).status).toBe(200);
  });

  test('pages of other origins may not, those of the service may', async () => {
    await refused(await get('/v1/models', { origin: 'https://evil.example' }), 403);
    await refused(await get('/v1/models', { origin: 'null' }), 403);
    await refused(await get('/v1/models', { 'sec-fetch-site': 'cross-site' }), 403);
    const own = await get('/v1/models', { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' });
    expect(own.status).toBe(200);
    expect([...own.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('a token is asked for everywhere but of /health', async () => {
    const token = 'correct-horse-battery';
    const guarded = await testService({ token, host: '0.0.0.0' });
    const status = async (path: string, authorization?: string) =>
      (await guarded.ask(path, authorization === undefined ? {} : { headers: { authorization } })).status;
    for (const path of [
      '/',
      '/v1/models',
      '/metrics',
      '/openapi.json',
      '/nothing',
      '/v1/models/plain/encode',
    ]) {
      expect([path, await status(path)]).toEqual([path, 401]);
    }
    expect(await status('/health')).toBe(200);
    expect(await json(guarded.ask('/health'))).not.toHaveProperty('models');
    expect(await status('/v1/models', `Bearer ${token}`)).toBe(200);
    expect(await status('/v1/models', `Basic ${btoa(`me:${token}`)}`)).toBe(200);
    for (const wrong of [
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      'Bearer',
      token,
      `Basic ${btoa(token)}`,
    ]) {
      expect(await status('/v1/models', wrong)).toBe(401);
    }
    const response = await guarded.ask('/v1/models');
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    await refused(response, 401);
  });

  test('settings that would be unsafe are refused', async () => {
    await expect(testService({ host: '0.0.0.0' })).rejects.toThrow('needs a token beyond loopback');
    await expect(testService({ host: '::' })).rejects.toThrow('needs a token beyond loopback');
    await expect(testService({ token: 'short' })).rejects.toThrow(/16 or more/);
    await expect(testService({ port: 70_000 })).rejects.toThrow('0 to 65535');
    await expect(testService({ limits: { images: 0 } })).rejects.toThrow('limits.images');
    await expect(testService({ allowedHosts: ['a/b'] })).rejects.toThrow('host name');
  });
});

describe('about the service', () => {
  test('models', async () => {
    const { models } = await json(service.ask('/v1/models'));
    expect(models).toEqual([await json(service.ask('/v1/models/plain'))]);
    expect(models[0]).toMatchObject({
      name: 'plain',
      recipe: 'plain',
      image: { channels: 1, height: 3, width: 3 },
      codeUnits: 2,
      ready: true,
    });
    expect(models[0]?.verbs).toContain('/v1/models/plain/reconstruct');
  });

  test('health tells a model that is away, and an end', async () => {
    const failing = await testService();
    expect(await json(failing.ask('/health'))).toMatchObject({
      status: 'ok',
      models: { plain: 'ready' },
    });
    failing.state.closing = true;
    const response = await failing.ask('/health');
    expect(response.status).toBe(503);
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.json()).toMatchObject({ status: 'closing' });
    await refused(await failing.post('encode', { images: image(0) }), 503, /shutting down/);
  });

  test('metrics count by routes, not by paths', async () => {
    const counted = await testService();
    await Promise.all([1, 2, 3].map(() => counted.post('encode', { images: image(0) })));
    for (const path of ['/a', '/b', '/v1/models/x', '/v1/models/y']) await counted.ask(path);
    await counted.ask('/a', { method: 'BREW' });
    const text = await (await counted.ask('/metrics')).text();
    expect(text).toContain(
      'hourglass_http_requests_total{route="/v1/models/{name}/encode",method="POST",status="200"} 3',
    );
    expect(text).toContain('hourglass_http_requests_total{route="other",method="GET",status="404"} 2');
    expect(text).toContain(
      'hourglass_http_requests_total{route="/v1/models/{name}",method="GET",status="404"} 2',
    );
    expect(text).toContain('hourglass_http_requests_total{route="other",method="other",status="404"} 1');
    expect(text).toContain('hourglass_batch_images_sum{model="plain",operation="encode"} 3');
    expect(text).toContain('hourglass_waiting_images{model="plain"} 0');
    expect(text).toMatch(/process_resident_memory_bytes \d/);
  });

  test('metric names follow Prometheus’ rules', async () => {
    const text = await (await service.ask('/metrics')).text();
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(
      ([, name, type]) => [name!, type!] as const,
    );
    expect(types.length).toBeGreaterThan(20);
    for (const [name, type] of types) {
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(name).not.toMatch(/_(count|sum|bucket|info_total|ms|milliseconds|kb|mb)$/);
      expect(name).not.toMatch(/(^|_)(counter|gauge|histogram|summary)(_|$)/);
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'));
    }
  });

  test('the page names its models and verbs, works without scripts, and lets nothing in', async () => {
    const page = await service.ask('/');
    expect(page.headers.get('content-type')).toContain('text/html');
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).not.toContain('unsafe');
    const text = await page.text();
    for (const tag of ['style', 'script']) {
      const inside = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(text)![1]!;
      expect(policy).toContain(createHash('sha256').update(inside).digest('base64'));
    }
    expect(text).toContain('action="/v1/models/plain/reconstruct?format=png&amp;scale=4"');
    expect(text).toContain('http://localhost:8080/v1/models/plain/encode');
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
    const odd = await (await service.ask('/', { headers: { host: '127.0.0.1:1' } })).text();
    expect(odd).not.toContain('<script>alert');
  });

  test('every answer has the headers that keep browsers out of trouble', async () => {
    for (const path of ['/', '/v1/models', '/nothing', '/metrics', '/openapi.json']) {
      const { headers } = await service.ask(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  test.each([undefined, 'a-token-of-some-length'])(
    'the OpenAPI document is one, with token %s',
    async (token) => {
      const { ask } = await testService(token === undefined ? {} : { token });
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const document = (await (await ask('/openapi.json', { headers })).json()) as Record<string, unknown>;
      expect(await new Validator().validate(document)).toEqual({ valid: true });
    },
  );

  test('the OpenAPI document has what generators of clients need', async () => {
    const token = 'a-token-of-some-length';
    const guarded = await testService({ token });
    const headers = { authorization: `Bearer ${token}` };
    for (const response of [service.ask('/openapi.json'), guarded.ask('/openapi.json', { headers })]) {
      const { paths, servers } = (await (await response).json()) as {
        servers: { url: string }[];
        paths: Record<
          string,
          Record<string, { operationId?: string; responses: object; parameters?: object[] }>
        >;
      };
      expect(servers).toEqual([{ url: '/', description: 'this service' }]);
      const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
      const ids = operations.map(({ operationId }) => operationId);
      expect(new Set(ids).size).toBe(operations.length);
      expect(ids).not.toContain(undefined);
      for (const { responses } of operations) {
        expect(Object.keys(responses)).toEqual(
          expect.arrayContaining(['200', '400', '403', '421', '431', '500']),
        );
      }
      const lists = paths['/v1/models/{name}/manifold']!.get!.parameters!.filter((parameter) =>
        ['units', 'range'].includes((parameter as { name: string }).name),
      );
      expect(lists).toMatchObject([{ explode: false }, { explode: false }]);
    }
    const document = await (await guarded.ask('/openapi.json', { headers })).json();
    expect(document).toMatchObject({
      security: [{ token: [] }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    });
  });

  test('the OpenAPI document names every route that there is', async () => {
    const document = (await (await service.ask('/openapi.json')).json()) as OpenApi;
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const there = service.app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replace(':name', '{name}')}`)
      .filter((route) => !['GET /openapi.json', 'GET /', 'GET /favicon.ico'].includes(route));
    expect([...new Set(described)].sort()).toEqual([...new Set(there)].sort());
    const { requestBody, responses } = document.paths['/v1/models/{name}/reconstruct']!.post!;
    expect(Object.keys(requestBody.content)).toEqual([
      'application/json',
      'image/png',
      'image/jpeg',
      'image/webp',
      'multipart/form-data',
    ]);
    expect(Object.keys(responses)).toContain('429');
    expect(responses['422']!.content['application/problem+json']!.schema.$ref).toBe(
      '#/components/schemas/Problem',
    );
  });
});
