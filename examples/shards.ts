/**
 * A data set that need not fit into memory: writes tar shards as WebDataset has them, trains on them while a thread reads
 * and decodes, and stops and resumes in between. `npx tsx examples/shards.ts [shards] [pictures per shard]`, or
 * compile it first; with 4 shards of 500 pictures it takes some seconds, and memory stays the same with thousands.
 * docs/large.md walks through it, and test/use/examples.test.ts runs it.
 */
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { resumeTraining, train } from 'hourglass';
import sharp from 'sharp'; // comes with hourglass; any program that writes pictures will do

const SHARDS = Number(process.argv[2] ?? 4);
const PICTURES = Number(process.argv[3] ?? 500);
const SIDE = 32;

/** A grey picture of a blurred stripe, its angle and place by its number. */
async function picture(n: number): Promise<Uint8Array> {
  const angle = n % 2 === 0 ? n * 0.7 : n * 0.7 + 1;
  const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [(i % SIDE) - SIDE / 2, Math.floor(i / SIDE) - SIDE / 2];
    const distance = x * Math.cos(angle) + y * Math.sin(angle) - ((n * 5) % 11) + 5;
    return 255 * Math.exp(-(distance ** 2) / 8);
  });
  return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

/** A file in a tar archive: a header of 512 bytes, and the content filled up to a multiple of 512. */
function entry(name: string, content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644', 100);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write('        0ustar\u000000', 148, 'latin1');
  const sum = header.reduce((a, b) => a + b, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

// Shards: samples are files with the same name up to the first dot, here a picture and its class.
await rm('shards', { recursive: true, force: true });
await mkdir('shards');
for (let shard = 0; shard < SHARDS; shard++) {
  // The last one is for the test: its name says so.
  const split = shard === SHARDS - 1 ? 'test' : 'train';
  const file = join('shards', `stripes-${split}-${String(shard).padStart(4, '0')}.tar`);
  for (let i = 0; i < PICTURES; i++) {
    const n = shard * PICTURES + i;
    const key = String(n).padStart(8, '0');
    await appendFile(file, entry(`${key}.png`, await picture(n)));
    await appendFile(file, entry(`${key}.cls`, Buffer.from(String(n % 2))));
  }
  await appendFile(file, Buffer.alloc(1024));
}

// Small sets are held in memory; `stream` reads and decodes pictures whenever they are needed, as for a set of 100 GB.
const stop = new AbortController();
const begun = await train('basic', {
  data: 'shards',
  out: 'runs/shards',
  epochs: 2,
  set: { 'data.stream': true },
  signal: stop.signal,
  onEvent: ({ type }) => type === 'epoch' && stop.abort(),
});
console.log('after one epoch', begun.status);

// The order of an epoch follows from the seed: resumed, the run gets the same bits as one that was never stopped.
const run = await resumeTraining(begun.folder);
if (run.status !== 'finished') throw new Error(`the run ended as ${run.status}`);
console.log('run folder', run.folder);
console.log('test images', run.evaluation.images);
console.log('squared error', run.evaluation.model.mse.toPrecision(3), 'per pixel');
console.log('memory at most', Math.round(process.resourceUsage().maxRSS / 1024), 'MB');
