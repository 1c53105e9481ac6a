import { getSystemErrorMap } from 'node:util';
import { describe, expect, test } from 'vitest';
import { HourglassError } from './errors.ts';
import { unwritable } from './store/index.ts';
import { expectedError } from './system-errors.ts';

/** As Node throws it. */
function systemError(code: string, syscall: string, path?: string): Error {
  const errno = [...getSystemErrorMap()].find(([, [name]]) => name === code)?.[0] ?? -1;
  const error = new Error(`${code}: something, ${syscall}`);
  return Object.assign(error, { code, syscall, errno, ...(path === undefined ? {} : { path }) });
}

describe('a failure of the file system', () => {
  test.each([
    'EIO',
    'EBUSY',
    'EXDEV',
    'EINVAL',
    'EFBIG',
    'ENOSPC',
    'EROFS',
    'EDQUOT',
    'EMFILE',
    'ENFILE',
    'ENOMEM',
    'ESTALE',
  ])('%s is an expected error with a way out, wherever it happened', (code) => {
    for (const syscall of ['open', 'write', 'fsync', 'rename', 'link']) {
      const error = unwritable('runs/a/run.json', systemError(code, syscall));
      expect(error).toBeInstanceOf(HourglassError);
      expect(error).toMatchObject({ kind: 'run', parts: { hint: expect.any(String) } });
      expect((error as Error).message).toContain('runs/a/run.json: cannot be written: ');
      const general = expectedError(systemError(code, syscall, '/a/b'));
      expect(general).toMatchObject({ name: 'HourglassError', kind: 'environment' });
      expect((general as Error).message).toContain(`/a/b: ${syscall} failed: `);
    }
  });

  test('keeps its cause', () => {
    const cause = systemError('EMFILE', 'open', '/a');
    expect((expectedError(cause) as Error).cause).toBe(cause);
    expect((expectedError(cause) as Error).message).toContain('ulimit -n');
  });
});

describe('a refusal of the engine', () => {
  test.each([
    [new RangeError('WebAssembly.Memory(): could not allocate memory'), 'memory: is not enough'],
    [new RangeError('Array buffer allocation failed'), 'memory: is not enough'],
    [new Error('std::bad_alloc'), 'memory: is not enough'],
    [
      Object.assign(new Error('Worker terminated due to reaching memory limit'), {
        code: 'ERR_WORKER_OUT_OF_MEMORY',
      }),
      'memory: is not enough',
    ],
    [
      Object.assign(new Error('Access to this API has been restricted'), {
        code: 'ERR_ACCESS_DENIED',
        permission: 'WorkerThreads',
      }),
      "WorkerThreads: Node's permission model does not allow it; start Node with --allow-worker",
    ],
    [
      Object.assign(new Error('Access to this API has been restricted'), {
        code: 'ERR_ACCESS_DENIED',
        permission: 'FileSystemWrite',
        resource: '/data/runs',
      }),
      'start Node with --allow-fs-write=/data/runs',
    ],
  ])('%s', (error, text) => {
    expect(expectedError(error)).toMatchObject({ kind: 'environment' });
    expect((expectedError(error) as Error).message).toContain(text);
  });
});

test('a bug stays one', () => {
  for (const error of [
    new TypeError('x is not a function'),
    new Error('no'),
    new RangeError('Invalid array length'),
  ]) {
    expect(expectedError(error)).toBe(error);
  }
  const own = Object.assign(new Error('odd'), { code: 'EIO' });
  expect(expectedError(own)).toBe(own);
});
