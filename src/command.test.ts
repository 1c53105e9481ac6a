import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { command, programName, shellQuote } from './command.ts';

const NAMES = [
  'runs/plain-1',
  'my run',
  "it's",
  'a"b',
  'a  b',
  '$HOME',
  '`id`',
  'a;b',
  'a&b',
  'a|b',
  '*',
  '~',
  '~root',
  '#x',
  '!x',
  '{a,b}',
  'a\\b',
  '=x',
  '猫',
  'é',
  '',
  '-x',
  'a\nb',
  "a'\u001b[31mb",
  '\u202eabc',
];

describe('an argument in a command', () => {
  test.skipIf(process.platform === 'win32')('reaches the program as it is', () => {
    for (const name of NAMES) {
      const text = shellQuote(name);
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(execFileSync('bash', ['-c', `printf %s ${text}`], { encoding: 'utf8' }), text).toBe(name);
    }
  });

  test('stays as it is where it is plain, and is put in double quotes on Windows', () => {
    expect(shellQuote('runs/stacked-20261121-153000', 'linux')).toBe('runs/stacked-20261121-153000');
    expect(shellQuote('C:\\runs\\a', 'win32')).toBe('C:\\runs\\a');
    expect(shellQuote('C:\\my runs\\a', 'win32')).toBe('"C:\\my runs\\a"');
  });
});

test('the program is named as it can be typed here', () => {
  expect(programName('/clone/bin/hourglass.js', { PATH: '/usr/bin' })).toBe('npx hourglass');
  expect(programName('/usr/bin/hourglass', { PATH: '/bin:/usr/bin' })).toBe('hourglass');
  expect(programName('/elsewhere/hourglass', { PATH: '/bin:/usr/bin' })).toBe('npx hourglass');
  const npx = { PATH: '/clone/node_modules/.bin:/usr/bin', npm_command: 'exec' };
  expect(programName('/clone/node_modules/.bin/hourglass', npx)).toBe('npx hourglass');
  expect(command('train', '--resume', 'my run')).toMatch(/hourglass train --resume ['"]my run['"]$/);
});
