/** A million spoilt files for the parsers: each is read or refused with its name and the rule, soon, in little memory. */
import { expect, test } from 'vitest';
import { random } from '../reference/random.ts';
import { fuzz, PARSERS } from './parsers.ts';

const CASES = Number(process.env.HOURGLASS_FUZZ_CASES ?? 1_000_000);
/** Of all cases, by how fast a parser is. */
const SHARES: Record<string, number> = {
  IDX: 0.3,
  'IDX in gzip': 0.1,
  PNG: 0.08,
  tar: 0.02,
  safetensors: 0.25,
  recipe: 0.1,
  ONNX: 0.15,
};

let most = 0;
test.each(PARSERS)('$name', (parser) => {
  const cases = Math.ceil(CASES * SHARES[parser.name]!);
  const draw = random(20261121);
  const tally = { read: 0, refused: 0, slowest: 0 };
  for (let done = 0; done < cases; ) {
    const part = fuzz(parser, Math.min(10_000, cases - done), draw);
    done += part.cases;
    tally.read += part.read;
    tally.refused += part.refused;
    tally.slowest = Math.max(tally.slowest, part.slowest);
    most = Math.max(most, process.memoryUsage().rss);
    expect(part.failures).toEqual([]);
  }
  console.log(
    `${parser.name}: ${cases} spoilt files, ${tally.refused} refused, ${tally.read} read, the slowest in ${tally.slowest.toFixed(0)} ms, at most ${Math.round(most / 2 ** 20)} MiB`,
  );
  expect(tally.read + tally.refused).toBe(cases);
  expect(tally.slowest).toBeLessThan(5000);
  expect(most).toBeLessThan(2 ** 31);
});
