/** The rule that a value breaks, in words: 'must be a whole number', 'must be at least 1'. */
import type * as z from 'zod';

const EXPECTED: Readonly<Record<string, string>> = {
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  boolean: 'true or false',
  string: 'text',
};

/** How the size of a list or a text is named; numbers are bounded themselves. */
const SIZE: Readonly<Record<string, string>> = { array: 'must have', string: 'must have' };
const UNIT: Readonly<Record<string, string>> = { array: ' entries', string: ' characters' };

/** An issue's rule in words, without zod's own "Invalid input". */
export function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${EXPECTED[issue.expected] ?? `a ${issue.expected}`}`;
    case 'too_small':
      return `${SIZE[issue.origin] ?? 'must be'} ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${UNIT[issue.origin] ?? ''}`;
    case 'too_big':
      return `${SIZE[issue.origin] ?? 'must be'} ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${UNIT[issue.origin] ?? ''}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}
