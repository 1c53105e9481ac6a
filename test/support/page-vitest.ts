/**
 * The part of vitest that a test in a page needs: its assertions, and tests that are collected and run by `runTests`. A bundle
 * for a page has this file where tests import 'vitest'.
 */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from '@vitest/expect';
import * as chai from 'chai';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT],
);

type Work = () => void | Promise<void>;
interface Group {
  readonly name: string;
  readonly before: Work[];
  readonly parts: (Group | { readonly name: string; readonly work: Work })[];
}

let group: Group = { name: '', before: [], parts: [] };
const all = group;

export function describe(name: string, declare: () => void): void {
  const outer = group;
  group = { name, before: [], parts: [] };
  outer.parts.push(group);
  declare();
  group = outer;
}

export const test = Object.assign(
  (name: string, work: Work): void => {
    group.parts.push({ name, work });
  },
  {
    /** One test for each row; its name has the first value of the row. */
    each:
      (rows: readonly unknown[]) =>
      (name: string, work: (...row: readonly unknown[]) => ReturnType<Work>): void => {
        for (const row of rows) {
          const values: readonly unknown[] = Array.isArray(row) ? row : [row];
          test(name.replace('%s', String(values[0])), () => work(...values));
        }
      },
  },
);

export function beforeAll(work: Work): void {
  group.before.push(work);
}

/** Runs the tests that were declared. @returns the name of each, and what went wrong. */
export async function runTests(): Promise<{ name: string; error: string | null }[]> {
  const results: { name: string; error: string | null }[] = [];
  const run = async ({ before, parts }: Group, above: string): Promise<void> => {
    for (const work of before) await work();
    for (const part of parts) {
      const name = `${above} ${part.name}`.trim();
      if ('parts' in part) await run(part, name);
      else {
        const error = await Promise.resolve()
          .then(part.work)
          .then(
            () => null,
            (thrown: Error) => `${thrown.message}\n${thrown.stack}`,
          );
        results.push({ name, error });
      }
    }
  };
  await run(all, '');
  return results;
}
