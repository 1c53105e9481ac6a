import { expect, test } from 'vitest';
import { inSettings } from './remedy.ts';

test('options of the command line become settings', () => {
  expect(inSettings('Train longer: --epochs 25.')).toBe('Train longer: training.epochs=25.');
  expect(inSettings('Try --set model.code.kl.weight=0.25 or --set model.code.kl.warmup=1.')).toBe(
    'Try model.code.kl.weight=0.25 or model.code.kl.warmup=1.',
  );
});
