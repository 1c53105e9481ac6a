/** A table from a file to the rows that do not fit: trained, scored, explained, by commands as a user types them. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serve } from 'hourglass';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('../../bin/hourglass.js', import.meta.url));
let folder: string;

const hourglass = async (...args: string[]) => run(process.execPath, [PROGRAM, ...args], { cwd: folder });

/** Width, height and weight belong together; one part in fifty is too light. */
const rows = Array.from({ length: 600 }, (_, i) => {
  const [width, height] = [10 + ((i * 37) % 101) / 100, 20 + ((i * 53) % 103) / 50];
  const isBad = i % 50 === 7;
  const weight = width * height * (isBad ? 4.7 : 7.8) + ((i * 29) % 17) / 17;
  return {
    id: i + 1,
    width,
    height,
    weight,
    steel: ['A2', 'A4', 'S355'][(i * 7) % 3],
    kind: isBad ? 'bad' : 'good',
  };
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-table-'));
  const lines = rows.map((row) => Object.values(row).join(','));
  writeFileSync(join(folder, 'parts.csv'), `${Object.keys(rows[0]!).join(',')}\n${lines.join('\n')}\n`);
  await hourglass(
    ...['train', 'table', '--data', 'parts.csv', '--out', 'run', '--threads', '1', '--tensorboard', 'none'],
    ...['--set', 'data.label=kind', '--set', 'data.normal=good', '--epochs', '60'],
  );
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('planted anomalies have the highest scores, and the columns that did it are named', async () => {
  await hourglass('anomaly', 'run', 'parts.csv', '--out', 'found');
  const scores = readFileSync(join(folder, 'found/scores.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  expect(scores).toHaveLength(600);
  const worst = scores.toSorted((a, b) => Number(b[2]) - Number(a[2])).slice(0, 12);
  expect(worst.map(([, kind, , flagged]) => [kind, flagged])).toEqual(new Array(12).fill(['bad', 'true']));
  expect(worst.filter(([, , , , column]) => column === 'weight').length).toBeGreaterThan(6);
  expect(readFileSync(join(folder, 'found/worst.csv'), 'utf8')).toMatch(
    /^row,score,column,value,expected,share\n/,
  );
  expect(readFileSync(join(folder, 'found/report.html'), 'utf8')).toContain('class bad');
});

test('the report of the run shows the worst test rows, flagged, with the columns that did it', () => {
  const { worstRows } = JSON.parse(readFileSync(join(folder, 'run/results.json'), 'utf8'));
  expect(worstRows.rows).toHaveLength(10);
  for (const { row, class: kind, flagged, columns } of worstRows.rows) {
    expect([kind, flagged, Number(row) % 50]).toEqual(['bad', true, 8]);
    const { value, expected } = columns.find(({ column }: { column: string }) => column === 'weight');
    // The value of the file, and an expected one that is heavier.
    expect(value).toBeCloseTo(rows[Number(row) - 1]!.weight, 2);
    expect(expected).toBeGreaterThan(value);
  }
  expect(readFileSync(join(folder, 'run/report.html'), 'utf8')).toContain('<h2>Worst rows</h2>');
});

test('how well the rows of other classes are found is said after the training, and for a file with the label', async () => {
  const { detection } = JSON.parse(readFileSync(join(folder, 'run/results.json'), 'utf8'));
  expect(detection).toMatchObject({ normal: 'good', defective: 12, score: 'distance' });
  expect(detection.scores.distance.auroc).toBeGreaterThan(0.95);
  expect((await hourglass('evaluate', 'run')).stdout).toMatch(
    /anomalies: \d+ test rows of 'good' and 12 others/,
  );
  const { stdout, stderr } = await hourglass('anomaly', 'run', 'parts.csv', '--out', 'labelled', '--json');
  expect(stderr).toMatch(/12 rows of other classes against 588 of 'good': AUROC (1\.0|0\.9)/);
  const summary = JSON.parse(stdout);
  expect(summary.detection).toMatchObject({ normal: 'good', good: 588, others: 12 });
  expect(JSON.parse(readFileSync(join(folder, 'labelled/anomaly.json'), 'utf8')).detection).toEqual(
    summary.detection,
  );
  const other = await hourglass('anomaly', 'run', 'parts.csv', '--label', 'steel', '--normal', 'a2');
  expect(other.stderr).toContain("400 rows of other classes against 200 of 'A2'");
  const absent = await hourglass('anomaly', 'run', 'parts.csv', '--label', 'colour', '--limit', '9');
  expect(absent.stderr).toContain("no AUROC: no row has a class in the column 'colour'");
});

test('later rows in another order of columns, as JSON lines from a pipe', async () => {
  const later = [
    { steel: 'A4', weight: 900, height: 21, width: 10.5 },
    { steel: 'new', weight: 1720, height: 21, width: 10.5 },
  ];
  writeFileSync(join(folder, 'later.jsonl'), later.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const { stdout } = await hourglass('anomaly', 'run', 'later.jsonl', '--format', 'jsonl');
  const found = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { flagged: boolean; column1: string });
  expect(found).toMatchObject([{ flagged: true }, { flagged: true, column1: 'steel' }]);
});

test('rows are encoded, and reconstructed in the columns of the file', async () => {
  const { stdout } = await hourglass('reconstruct', 'run', 'parts.csv', '--limit', '2', '--format', 'csv');
  const [head, ...lines] = stdout.trim().split('\n');
  expect([head, lines.length]).toEqual(['row,width,height,weight,steel', 2]);
  const codes = await hourglass('encode', 'run', 'parts.csv', '--limit', '2', '--format', 'csv');
  expect(codes.stdout.split('\n')[0]).toMatch(/^name,class,z1,z2/);
});

test('a run finds its rows again, and notices that they are others', async () => {
  await hourglass('evaluate', 'run');
  const text = readFileSync(join(folder, 'parts.csv'), 'utf8');
  writeFileSync(join(folder, 'parts.csv'), text.replace('\n2,10.37,', '\n2,10.38,'));
  await expect(hourglass('evaluate', 'run')).rejects.toMatchObject({
    code: 4,
    stderr: expect.stringContaining('parts.csv'),
  });
  writeFileSync(join(folder, 'parts.csv'), text);
});

test('a column that is missing is named', async () => {
  writeFileSync(join(folder, 'short.csv'), 'width,height,steel\n10,20,A2\n');
  await expect(hourglass('anomaly', 'run', 'short.csv')).rejects.toMatchObject({
    code: 3,
    stderr: expect.stringContaining("short.csv: must have the model's columns, but 'weight' is not in it"),
  });
});

test('the service scores rows of JSON as the command scores those of the file', async () => {
  const { stdout } = await hourglass('anomaly', 'run', 'parts.csv', '--limit', '30', '--format', 'jsonl');
  const lines = stdout.trim().split('\n');
  const found = lines.map((line) => JSON.parse(line) as { score: number; flagged: boolean; column1: string });
  await using service = await serve({ parts: join(folder, 'run') }, { port: 0 });
  const ask = async (verb: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${service.url}/v1/models/parts/${verb}`, init);
    return (await response.json()) as {
      scores: number[];
      flagged: boolean[];
      contributions: { column: string }[][];
      rows: object[];
      detail: string;
    };
  };
  const given = rows
    .slice(0, 30)
    .map(({ kind, ...row }) => Object.fromEntries(Object.entries(row).reverse()));
  const { scores, flagged, contributions } = await ask('anomaly', { rows: given });
  expect(flagged).toEqual(found.map((one) => one.flagged));
  for (const [i, { score, column1 }] of found.entries()) {
    expect(scores[i]! / score).toBeCloseTo(1, 4);
    expect(contributions[i]![0]!.column).toBe(column1);
  }
  const reconstructed = await ask('reconstruct', { rows: given });
  expect(Object.keys(reconstructed.rows[29]!)).toEqual(['width', 'height', 'weight', 'steel']);
  const wrong = await ask('encode', { rows: [{ ...given[0], weight: 'heavy' }] });
  expect(wrong.detail).toBe("rows, row 1, column 'weight': must be a number, got heavy.");
});

/** Scores rows of 6 kB each from a pipe with a small heap; gives the process's greatest memory in MB. */
async function peakOf(count: number): Promise<number> {
  const tell =
    'process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS + ";"))';
  const args = ['--max-old-space-size=64', '--import', `data:text/javascript,${tell}`, PROGRAM];
  const out = ['anomaly', 'run', '-', '--out', `scores-${count}.csv`];
  const child = spawn(process.execPath, [...args, ...out], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'close');
  child.stdin.on('error', () => {});
  child.stdin.write('width,height,weight,steel,remark\n');
  for (let i = 0; i < count && child.exitCode === null; i += 100) {
    const lines = Array.from(
      { length: 100 },
      (_, k) => `10.${i + k},21,${1600 + k},A2,${'remark '.repeat(860)}\n`,
    );
    if (!child.stdin.write(lines.join(''))) await Promise.race([once(child.stdin, 'drain'), ended]);
  }
  child.stdin.end();
  expect([(await ended)[0], said.match(/[\d,]+ of [\d,]+ above/)?.[0] ?? said]).toEqual([
    0,
    expect.anything(),
  ]);
  expect(
    readFileSync(join(folder, `scores-${count}.csv`), 'utf8')
      .trim()
      .split('\n'),
  ).toHaveLength(count + 1);
  return Number(/peak (\d+)/.exec(said)![1]) / 1024;
}

test('memory does not grow with the rows that are read: 72 MB of them', async () => {
  expect((await peakOf(12_000)) - (await peakOf(1_200))).toBeLessThan(40);
});
