/**
 * From a folder of pictures to a model of your own: makes a folder of shapes, trains on it, and finds the pictures
 * that are not like the others. `npx tsx examples/own-images.ts`, or compile it first; it takes half a minute.
 * docs/own-images.md walks through it, and test/use/examples.test.ts runs it.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel, openImages, train } from 'hourglass';
import sharp from 'sharp'; // comes with hourglass; any program that writes pictures will do

/** Shapes in SVG, of a size and at a place. */
const SHAPES: Record<string, (x: number, y: number, r: number) => string> = {
  circle: (x, y, r) => `<circle cx="${x}" cy="${y}" r="${r}"/>`,
  square: (x, y, r) => `<rect x="${x - r}" y="${y - r}" width="${2 * r}" height="${2 * r}"/>`,
  triangle: (x, y, r) => `<path d="M${x} ${y - r}L${x + r} ${y + r}L${x - r} ${y + r}z"/>`,
};
const COLOURS = ['#0072b2', '#d55e00', '#009e73'];

async function draw(file: string, inner: string, ground: string): Promise<void> {
  const rect = `<rect width="48" height="48" fill="${ground}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48">${rect}${inner}</svg>`;
  await sharp(Buffer.from(svg)).removeAlpha().png().toFile(file);
}

// A folder of 300 pictures in colour, 48 × 48: a sub-folder for each of three classes.
for (const [name, shape] of Object.entries(SHAPES)) {
  await mkdir(join('shapes', name), { recursive: true });
  for (let i = 0; i < 100; i++) {
    const at = shape(16 + ((i * 5) % 17), 16 + ((i * 7) % 17), 8 + (i % 4));
    const colour = COLOURS[i % COLOURS.length]!;
    await draw(join('shapes', name, `${i}.png`), `<g fill="${colour}">${at}</g>`, '#f4f4f4');
  }
}
// And some that are none of these: lines across, on another ground.
await mkdir('odd', { recursive: true });
for (let i = 0; i < 5; i++) {
  await draw(
    join('odd', `${i}.png`),
    `<path d="M0 ${9 * i}L48 ${48 - 9 * i}" stroke="#cc79a7" stroke-width="7"/>`,
    '#f4f4f4',
  );
}

// Train on it: splits are made, and all pictures become 24 × 24. A light ground is turned dark, which is 0 to the model:
// most pixels are then easy, and it can mind the rest.
const run = await train('basic', {
  data: 'shapes',
  out: 'runs/shapes',
  epochs: 100,
  set: { 'data.size': 24, 'data.invert': true },
});

// Any picture is taken, as it was in training: the model knows how.
const model = await loadModel(run.folder);
async function errors(input: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { values, names } of openImages([input], model.info.preprocessing)) {
    const { data } = await model.reconstruct(values);
    const size = values.length / names.length;
    for (let n = 0; n < names.length; n++) {
      let sum = 0;
      for (let i = n * size; i < (n + 1) * size; i++) sum += (data[i]! - values[i]! / 255) ** 2;
      found.push(sum / size);
    }
  }
  return found.sort((a, b) => a - b);
}

const middle = (values: number[]) => values[Math.floor(values.length / 2)]!.toFixed(4);
console.log('run folder       ', run.folder);
console.log('shapes, median   ', middle(await errors('shapes')));
console.log('odd ones, median ', middle(await errors('odd')));
await model.dispose();
