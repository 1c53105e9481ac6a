/** Rows of a table over HTTP: columns by name, missing values, errors that name row and column, contributions. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, expect, test } from 'vitest';
import type { Statistics } from '../model/statistics.ts';
import { type TableEncoding, tableEncodingSchema } from '../tables/index.ts';
import { factsOfRows, type TestService, testService } from './testing.ts';

/** Width, two steels and the others, and whether a part is new: five values. */
const encoding: TableEncoding = tableEncodingSchema.parse({
  version: 1,
  columns: [
    { name: 'width', type: 'number', indicator: false, mean: 10, range: [0, 20] },
    { name: 'steel', type: 'category', indicator: false, values: ['A2', 'A4'], other: true },
    { name: 'new', type: 'boolean', indicator: false, mean: 0.5, words: ['no', 'yes'] },
  ],
  leftOut: [
    { name: 'kind', why: 'label' },
    { name: 'unit', why: 'constant', value: 'mm' },
  ],
  label: { name: 'kind', normal: 'good' },
  missing: 'refuse',
  scaling: 'standard',
  offset: [10, 0, 0, 0, 0],
  scale: [2, 1, 1, 1, 1],
});
const statistics = {
  scores: {
    definition: 'mean',
    mean: 1,
    std: 1,
    quantiles: Array.from({ length: 1001 }, (_, i) => i / 100),
    split: 'validation',
    note: '',
    images: 500,
  },
} as unknown as Statistics;

interface Document extends Record<string, unknown> {
  paths: Record<string, { post: { requestBody: { content: object } } }>;
}

let service: TestService;
let filling: TestService;
beforeAll(async () => {
  service = await testService({}, factsOfRows(encoding, statistics));
  filling = await testService({}, factsOfRows({ ...encoding, missing: 'mean' }, statistics));
});

async function ask(verb: string, body: unknown, from = service) {
  const response = await from.post(verb, body);
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}
const row = { width: 12, steel: 'A4', new: 'yes' };

test('the columns of a model are among its facts, and its verbs are those for rows', async () => {
  const facts = (await (await service.ask('/v1/models/plain')).json()) as { verbs: string[] };
  expect(facts).toMatchObject({
    image: null,
    missing: 'refuse',
    columns: [
      { name: 'width', type: 'number', mean: 10 },
      { name: 'steel', type: 'category', values: ['A2', 'A4'] },
      { name: 'new', type: 'boolean', values: ['no', 'yes'] },
    ],
  });
  const verbs = ['encode', 'decode', 'reconstruct', 'anomaly', 'sample'];
  expect(facts.verbs).toEqual(verbs.map((verb) => `/v1/models/plain/${verb}`));
  expect(await ask('neighbours', { rows: [row] })).toMatchObject({ status: 409, body: { detail: /rows/ } });
});

test('rows are objects in any order of columns, lists, or an array of the model’s values; the answer has their form', async () => {
  const other = { new: true, steel: 'S355', width: '8' };
  const codes = await ask('encode', { rows: [row, other] });
  expect(codes.body).toMatchObject({
    codes: {
      shape: [2, 2],
      data: [
        [24, 0],
        [16, 0],
      ],
    },
  });
  // Reconstructing is 1 − x: 12 becomes −11, the largest of the categories the first of the others, yes becomes no.
  const found = [
    [{ rows: [row] }, [{ width: -11, steel: 'A2', new: 'no' }]],
    [{ rows: [[12, 'A4', 'yes']] }, [[-11, 'A2', 'no']]],
    [{ rows: [12, 'A4', 'yes'] }, [[-11, 'A2', 'no']]],
    [{ rows: [row], form: 'lists' }, [[-11, 'A2', 'no']]],
    [{ rows: { data: [[12, 0, 1, 0, 1]] } }, { type: 'float32', shape: [1, 5], data: [[-11, 1, 0, 1, 0]] }],
  ] as const;
  for (const [body, rows] of found) expect((await ask('reconstruct', body)).body.rows).toEqual(rows);
  expect((await ask('decode', { codes: [[3, 0]] })).body.rows).toEqual([
    { width: 3, steel: 'A2', new: 'yes' },
  ]);
});

test('columns that the model does not know are noted, but not those of the training file', async () => {
  const { body } = await ask('encode', { rows: [{ ...row, kind: 'bad', colour: 'red' }] });
  expect(body.notes).toEqual(["the model does not know 'colour', which is left out"]);
});

test('missing values are filled or refused, as the model was trained', async () => {
  const given = { rows: [row, { steel: 'A2', new: 'no', width: null }] };
  expect((await ask('encode', given, filling)).body).toMatchObject({
    codes: {
      data: [
        [24, 0],
        [20, 2],
      ],
    },
  });
  const { status, body } = await ask('encode', given);
  expect([status, body.detail]).toEqual([
    422,
    expect.stringMatching(/^rows, row 2, column 'width': must have a value/),
  ]);
});

test.each<[string, unknown, number, RegExp]>([
  [
    'a text among numbers',
    { rows: [row, { ...row, width: 'wide' }] },
    422,
    /row 2, column 'width': must be a number.*wide/,
  ],
  ['another word', { rows: [{ ...row, new: 'maybe' }] }, 422, /row 1, column 'new'/],
  ['a nested value', { rows: [{ ...row, width: [1] }] }, 422, /row 1, column 'width'/],
  [
    'a misspelt column',
    { rows: [{ width: 1, stele: 'A2', new: 'no' }] },
    422,
    /'steel' is not in it.*rename 'stele'/,
  ],
  ['a list that is too short', { rows: [[1, 'A2']] }, 422, /row 1: must have 3 values/],
  ['no rows', { rows: [] }, 422, /at least one row/],
  ['one object', { rows: row }, 422, /rows/],
  ['images', { images: [[1]] }, 422, /takes 'rows', not 'images'/],
  ['too many', { rows: Array(257).fill([1, 'A2', 'no']) }, 413, /at most 256 rows/],
  [
    'an endless number',
    '{"rows": [{"width": 1e999, "steel": "A2", "new": "no"}]}',
    422,
    /row 1, column 'width'/,
  ],
  [
    'a column given twice',
    '{"rows": [{"width": 1, "width": 2, "steel": "A2", "new": "no"}]}',
    422,
    /'width' must be given once/,
  ],
  ['another width of values', { rows: { data: [[1, 2]] } }, 422, /5 values each/],
  ['how pictures are fitted', { rows: [row], fit: 'cover' }, 422, /'fit' is not a setting/],
  ['a picture', { rows: [row], format: 'png' }, 406, /json/],
])('refused: %s', async (_, given, status, detail) => {
  expect(await ask('encode', given)).toMatchObject({
    status,
    body: { detail: expect.stringMatching(detail) },
  });
});

test('anomalies have a score, a threshold, a verdict and the columns that did it', async () => {
  const given = {
    rows: [
      { ...row, width: 30 },
      { ...row, width: 0.5 },
    ],
    quantile: 0.5,
    top: 2,
  };
  const { body } = await ask('anomaly', given);
  // (30 − −29) / 2 squared, and 1 for each of the four other values, divided by five.
  const score = (29.5 ** 2 + 4) / 5;
  expect(body).toMatchObject({
    score: 'mean',
    threshold: 5,
    scores: [expect.closeTo(score, 3), expect.closeTo(4 / 5, 3)],
    flagged: [true, false],
    contributions: [
      [
        { column: 'width', value: 30, expected: -29, share: expect.closeTo(29.5 ** 2 / 5 / score, 5) },
        { column: 'steel', value: 'A4', expected: 'A2', contribution: expect.closeTo(3 / 5, 5) },
      ],
      [{ column: 'steel' }, { column: 'new', value: 'yes', expected: 'no' }],
    ],
  });
  expect(body.reconstructions).toBeUndefined();
  expect(body).toMatchObject({ changedConstants: [0, 0] });
  const inch = await ask('anomaly', { rows: [row, { ...row, unit: 'inch' }] });
  expect(inch.body).toMatchObject({
    changedConstants: [0, 1],
    notes: [expect.stringContaining(`all training rows had the value "mm"`)],
  });
  const more = await ask('anomaly', { rows: [row], reconstructions: 'yes', threshold: 1000, top: 0 });
  expect(more.body).toMatchObject({
    flagged: [false],
    contributions: [[]],
    reconstructions: [{ width: -11, steel: 'A2', new: 'no' }],
  });
});

const askCsv = async (
  verb: string,
  body: string | Uint8Array<ArrayBuffer>,
  type = 'text/csv',
  from = service,
) => {
  const init = { method: 'POST', headers: { 'content-type': type }, body };
  const response = await from.ask(`/v1/models/plain/${verb}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, never> };
};

test('rows as CSV have the answers of the same rows as JSON, and options in the query', async () => {
  const other = { width: 8, steel: 'S355', new: 'no', unit: 'inch' };
  const asJson = await ask('anomaly', { rows: [row, other], quantile: 0.5, top: 1 });
  const query = 'anomaly?quantile=0.5&top=1';
  expect(await askCsv(query, 'steel,width,new,unit\nA4,12,yes,mm\nS355,8,no,inch\n')).toEqual(asJson);
  const tabs = 'steel\twidth\tnew\tunit\r\nA4\t12\tyes\tmm\r\nS355\t8\tno\tinch';
  expect(await askCsv(query, tabs, 'text/tab-separated-values; charset=utf-8')).toEqual(asJson);
  expect((await askCsv('reconstruct', '12;A4;yes\n', 'text/csv; header=absent')).body).toEqual(
    (await ask('reconstruct', { rows: [row] })).body,
  );
});

test.each<[string, string | Uint8Array<ArrayBuffer>, number, RegExp]>([
  [
    'a text among numbers',
    'width,steel,new\n1,A2,no\nwide,A2,no\n',
    422,
    /^rows, row 2, column 'width': must be a number/,
  ],
  ['a misspelt column', 'width,stele,new\n1,A2,no\n', 422, /'steel' is not in it.*rename 'stele'/],
  ['a missing value', 'width,steel,new\n,A2,no\n', 422, /row 1, column 'width': must have a value/],
  ['an endless number', 'width,steel,new\n1e999,A2,no\n', 422, /row 1, column 'width'/],
  ['a row that is too short', 'width,steel,new\n1,A2\n', 400, /^rows, line 2: must have 3 fields/],
  ['a quote that never ends', 'width,steel,new\n1,"A2,no\n1,A2,no\n', 400, /must close each quote/],
  ['a column given twice', 'width,width,new\n1,2,no\n', 400, /a different name for each column/],
  ['no rows', 'width,steel,new\n', 422, /at least one row/],
  ['nothing', '', 400, /must have rows|at least one/],
  ['too many rows', `width,steel,new\n${'1,A2,no\n'.repeat(257)}`, 413, /at most 256 rows/],
  ['one line without an end', ','.repeat(100_000), 413, /at most \d+ fields/],
  ['bytes that are no text', Uint8Array.of(0x77, 0xff, 0xfe, 0x0a), 400, /UTF-8/],
  ['zeros', new Uint8Array(50), 400, /must be/],
])('refused as CSV: %s', async (_, body, status, detail) => {
  expect(await askCsv('encode', body)).toMatchObject({
    status,
    body: { detail: expect.stringMatching(detail) },
  });
});

test('CSV is for models of rows: an unknown type is refused with those that are taken', async () => {
  const images = await testService();
  expect(await askCsv('encode', 'a\n1\n', 'text/csv', images)).toMatchObject({ status: 415 });
  expect(await askCsv('encode', 'a', 'text/plain')).toMatchObject({
    status: 415,
    body: { detail: 'Content-Type must be application/json, text/csv, text/tab-separated-values.' },
  });
});

test('an answer that would be too large is refused before it is computed', async () => {
  const small = await testService({ limits: { answerBytes: 1000 } }, factsOfRows(encoding, statistics));
  const { status, body } = await ask('reconstruct', { rows: Array(100).fill(row) }, small);
  expect([status, body.detail]).toEqual([413, expect.stringContaining('at most 1000 bytes')]);
});

test('the OpenAPI document has the verbs of models of rows, and no others', async () => {
  const document = (await (await service.ask('/openapi.json')).json()) as Document;
  expect((await new Validator().validate(document)).errors).toBeUndefined();
  const verbs = Object.keys(document.paths).filter((path) => path.startsWith('/v1/models/{name}/'));
  expect(verbs).toHaveLength(5);
  const { content } = document.paths['/v1/models/{name}/encode']!.post.requestBody;
  expect(Object.keys(content)).toEqual(['application/json', 'text/csv', 'text/tab-separated-values']);
});

test('the page has a form with the columns', async () => {
  const page = await (await service.ask('/')).text();
  for (const text of ['name="width"', 'value="A4"', '3: width, steel, new', '>anomaly</button>']) {
    expect(page).toContain(text);
  }
  expect(page).not.toContain('type="file"');
});
