import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CASES, instantiate } from '../../test/reference/cases.ts';
import { checkDerivatives } from '../../test/reference/differences.ts';
import { OPERATORS, type OperatorName } from '../graph/operators.ts';

/** Relative; float64 and five-point differences give about 1e-9. */
const TOLERANCE = 1e-7;

describe('first and second derivatives of every operator match finite differences', () => {
  test.each(Object.keys(OPERATORS) as OperatorName[])('%s', (op) => {
    fc.assert(
      fc.property(CASES[op], fc.nat(), (one, seed) => {
        const { operands, y, feeds, rows, draw } = instantiate(one, seed);
        expect(checkDerivatives(y, operands, feeds, draw, rows).worst, one.text).toBeLessThan(TOLERANCE);
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
