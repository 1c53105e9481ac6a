import { expect, test } from 'vitest';
import { random } from '../../test/reference/random.ts';
import { ScoreKeeper } from './score-keeper.ts';

test('all scores are kept in their order, and the highest samples by their scores', () => {
  const keeper = new ScoreKeeper<{ score: number; place: number }>(5);
  const draw = random(3);
  // Few different scores: of equals the earlier one counts.
  const scores = Array.from({ length: 3000 }, () => Math.floor(40 * draw()));
  for (const [place, score] of scores.entries()) keeper.add(score, score > 35, () => ({ score, place }));
  const expected = scores
    .map((score, place) => ({ score, place }))
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .slice(0, 5);
  expect(keeper.worst).toEqual(expected);
  expect([...keeper.scores]).toEqual(scores);
  const flagged = scores.filter((score) => score > 35).length;
  expect(keeper.words).toBe(`${flagged} of 3,000 above the threshold`);
});

test('no sample is asked for where none is kept', () => {
  const keeper = new ScoreKeeper(0);
  keeper.add(1, true, () => {
    throw new Error('not this one');
  });
  expect(keeper).toMatchObject({ count: 1, flagged: 1, worst: [] });
});

test('one that continues what another saved ends as one that saw all', () => {
  type Sample = { score: number; name: string; image: Float32Array };
  const sample = (score: number): Sample => ({
    score,
    name: `n${score}`,
    image: Float32Array.of(score, 0.5),
  });
  const scores = [3, 1, 4, 1, 5, 9, 2, 6];
  const whole = new ScoreKeeper<Sample>(3);
  const first = new ScoreKeeper<Sample>(3);
  for (const score of scores) whole.add(score, score > 4, () => sample(score));
  for (const score of scores.slice(0, 5)) first.add(score, score > 4, () => sample(score));
  const second = new ScoreKeeper<Sample>(3, first.save());
  for (const score of scores.slice(5)) second.add(score, score > 4, () => sample(score));
  expect(second.worst).toEqual(whole.worst);
  expect([...second.scores]).toEqual(scores);
  expect(second.words).toBe(whole.words);
});
