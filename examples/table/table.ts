/**
 * A table from a file to a service: makes rows with planted anomalies, trains on the good ones, scores all, says which
 * columns did it, serves the model, asks it over HTTP, and exports it to ONNX. `node examples/table/table.ts` on Node 22.18 and
 * later, or compile it first; it takes some seconds. docs/tables.md has the same on the command line.
 *
 * With HOURGLASS_PYTHON, or a python3 that has onnxruntime, the exported files are run in Python, too: compare.py.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { anomaly, exportModel, loadModel, openRows, serve, type TableEncoding, train } from 'hourglass';

// Parts: the weight follows from width, height and steel. One part in fifty is hollow, and too light for its size.
const parts = Array.from({ length: 1500 }, (_, i) => {
  const [width, height] = [10 + 2 * Math.abs(Math.sin(i)), 20 + 5 * Math.abs(Math.sin(3 * i))];
  const steel = ['A2', 'A4', 'S355'][i % 3]!;
  const isHollow = i % 50 === 7;
  const weight = width * height * (steel === 'S355' ? 7.8 : 7.9) * (isHollow ? 0.7 : 1) + Math.sin(7 * i);
  return { width, height, weight, steel, kind: isHollow ? 'bad' : 'good' };
});
mkdirSync('table', { recursive: true });
const lines = parts.map((part) => Object.values(part).join(','));
writeFileSync('table/parts.csv', `${Object.keys(parts[0]!).join(',')}\n${lines.join('\n')}\n`);

// The label is not seen by the model; only good rows are trained on.
const run = await train('table', {
  data: 'table/parts.csv',
  out: 'table/run',
  set: { 'data.label': 'kind', 'data.normal': 'good' },
});
console.log('run folder', run.folder);

// Rows of a file, encoded as the training rows were: categories become values of their own, 0 or 1.
const model = await loadModel(run.folder);
const { columns, table } = model.info.rows!;
for await (const { classes, values } of openRows(['table/parts.csv'], table as TableEncoding, {
  batch: parts.length,
})) {
  const { scores, flagged, contributions } = await anomaly(model, values);
  const flaggedOf = (kind: string) =>
    flagged.filter((isFlagged, i) => isFlagged && classes[i] === kind).length;
  console.log(
    'flagged',
    flaggedOf('bad'),
    'of',
    classes.filter((kind) => kind === 'bad').length,
    'bad parts',
  );
  console.log(
    'flagged',
    flaggedOf('good'),
    'of',
    classes.filter((kind) => kind === 'good').length,
    'good parts',
  );
  // Each value's part of the score of the worst row.
  const worst = scores.indexOf(Math.max(...scores));
  const ofWorst = contributions!.data.subarray(worst * columns.length, (worst + 1) * columns.length);
  console.log('worst row', worst + 1, 'score', scores[worst]!.toPrecision(4));
  for (const [i, name] of columns.entries()) console.log(' ', name.padEnd(14), ofWorst[i]!.toPrecision(3));
}

// The same over HTTP, where rows are JSON.
const service = await serve({ parts: run.folder }, { port: 0 });
const response = await fetch(`${service.url}/v1/models/parts/anomaly`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ rows: [{ width: 11, height: 22, weight: 1350, steel: 'A4' }], top: 2 }),
});
console.log('the service says', JSON.stringify(await response.json()));
await service.close();

// The ONNX files take and give values in the units of the columns: the scaling is in the graph.
await exportModel(run.folder, { out: 'table/exported', force: true });
const rows = [
  [11, 22, 1350, 0, 1, 0, 0],
  [10.5, 21, 1730, 1, 0, 0, 0],
];
const { data: reconstructions } = await model.reconstruct(rows);
const { data: codes } = await model.encode(rows);
await model.dispose();
const expected = { rows, codes: [...codes], reconstructions: [...reconstructions] };
writeFileSync('table/exported/expected.json', JSON.stringify(expected));

const python = process.env.HOURGLASS_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('compare.py', import.meta.url));
if (spawnSync(python, ['-c', 'import numpy, onnxruntime']).status !== 0) {
  console.log(`skipped: ${python} has no onnxruntime`);
} else {
  const { stdout, stderr, status } = spawnSync(python, [script, 'table/exported'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  console.log(stdout.trim());
}
