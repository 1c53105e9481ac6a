import { describe, expect, test } from 'vitest';
import { cannotLoad } from './installation.ts';

const LINUX = { platform: 'linux', arch: 'x64', glibc: '2.36' };

describe('a native library that cannot be loaded', () => {
  test.each([
    ['no glibc', 'Error relocating', undefined, { ...LINUX, glibc: null }, 'Alpine'],
    [
      'an old glibc',
      "version `GLIBC_2.27' not found",
      undefined,
      { ...LINUX, glibc: '2.17' },
      'this system has 2.17',
    ],
    [
      'another platform',
      'Cannot find module',
      'MODULE_NOT_FOUND',
      { ...LINUX, arch: 's390x' },
      'linux-arm64',
    ],
    ['no add-ons', 'not permitted', 'ERR_DLOPEN_DISABLED', LINUX, '--allow-addons'],
    ['a missing file', 'Cannot find module', 'MODULE_NOT_FOUND', LINUX, 'install hourglass again'],
  ])('%s', (_, message, code, host, hint) => {
    const cause = Object.assign(new Error(`${message}\nmore`), code === undefined ? {} : { code });
    const error = cannotLoad('sharp', cause, host);
    expect(error).toMatchObject({ name: 'HourglassError', kind: 'environment', exitCode: 6, cause });
    expect(error.message).toContain(`sharp: cannot be loaded on ${host.platform}-${host.arch} (${message})`);
    expect(error.message).toContain(hint);
    expect(error.message).not.toContain('\n');
  });

  test('the host is read from the process', () => {
    expect(cannotLoad('sharp', new Error('x')).message).toContain(`on ${process.platform}-${process.arch}`);
  });
});
