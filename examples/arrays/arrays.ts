/**
 * Arrays in memory, as for Keras' `fit(x, x)`: trains on a Float32Array, measures, encodes, and scores rows. No file is read.
 * `node examples/arrays/arrays.ts` on Node 22.18 and later, or compile it first; it takes some seconds.
 */
import { anomaly, evaluateRun, loadModel, train } from 'hourglass';

// Readings of six sensors that follow two hidden quantities, and a little noise.
const COLUMNS = 6;
const readings = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count * COLUMNS }, (_, i) => {
    const [row, column] = [Math.floor(i / COLUMNS) + seed, i % COLUMNS];
    const [load, heat] = [Math.sin(12.9 * row), Math.cos(78.2 * row)];
    return (
      20 + 5 * column + (column + 1) * load + (COLUMNS - column) * heat + 0.05 * Math.sin(991 * i + seed)
    );
  });

// `shape` is that of one sample: [columns] for rows, [height, width] or [height, width, 3] for images.
const data = {
  train: readings(1000, 0),
  shape: [COLUMNS],
  labels: Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 'day' : 'night')),
  test: {
    values: readings(200, 5000),
    labels: Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 'day' : 'night')),
  },
};
const run = await train('table', { data, out: 'arrays/run' });
console.log('run folder', run.folder);

// The arrays are not stored with the run: give them again to measure it again.
const evaluation = await evaluateRun(run.folder, { arrays: data });
for (const { name, r2 } of evaluation.columns!) console.log('column', name, 'R²', r2!.toFixed(4));

// A model of rows takes and gives numbers in the columns' own units.
const model = await loadModel(run.folder);
const later = readings(3, 9000);
later[COLUMNS + 4] = 90; // a sensor that is stuck
const codes = await model.encode(later);
console.log('codes', codes.shape);
const { scores, threshold, flagged, contributions } = await anomaly(model, later);
console.log('threshold', threshold.toPrecision(3));
for (const [row, score] of scores.entries()) {
  const own = [...contributions!.data.subarray(row * COLUMNS, (row + 1) * COLUMNS)];
  const most = own.indexOf(Math.max(...own));
  console.log(
    'row',
    row,
    flagged[row] ? 'is unusual:' : 'is usual:',
    score.toPrecision(3),
    'mostly column',
    most,
  );
}
await model.dispose();
