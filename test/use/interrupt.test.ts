/** Ctrl-C on a real pseudo terminal, while the bar is up: what is on the screen at the end. */
import { spawn, spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TINY, temporaryFolder, writeData, writeRecipe } from '../support/program.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/hourglass.js', import.meta.url));

/** Starts a program on a terminal of 24 × 80, types Ctrl-C once its output shows a later epoch than the first, and prints all output. */
const TERMINAL = `
import fcntl, os, pty, re, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
seen, typed = b'', False
while True:
    try:
        piece = os.read(fd, 4096)
    except OSError:
        break
    if not piece:
        break
    seen += piece
    if not typed and re.search(rb'epoch ([2-9]|[1-9][0-9]+)/', seen):
        typed = True
        os.write(fd, b'\\x03')
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
const hasTerminal = process.platform !== 'win32' && spawnSync('python3', ['-c', 'import pty']).status === 0;

/** The lines of the screen, of the sequences that the program and its bar use; any other fails. */
function screenOf(bytes: string): string[] {
  const lines: string[] = [''];
  let [row, column] = [0, 0];
  let saved: [number, number] = [0, 0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are controlled by them
  for (const [token] of bytes.matchAll(/\u001b\[[?]?[\d;]*[A-Za-z]|\u001b[78]|[\s\S]/gu)) {
    if (token === '\n') row++;
    else if (token === '\r') column = 0;
    else if (token === '\u001b7') saved = [row, column];
    else if (token === '\u001b8') [row, column] = saved;
    else if (/^.\[1?G$/u.test(token)) column = 0;
    else if (/^.\[0?K$/u.test(token)) lines[row] = (lines[row] ?? '').slice(0, column);
    else if (/^.\[2K$/u.test(token)) lines[row] = '';
    else if (token.startsWith('\u001b')) expect(token).toMatch(/^.\[(\?25[hl]|\?7[hl]|[\d;]*m)$/u);
    else {
      lines[row] =
        `${(lines[row] ?? '').padEnd(column).slice(0, column)}${token}${(lines[row] ?? '').slice(column + 1)}`;
      column++;
    }
    lines[row] ??= '';
  }
  return lines.map((line) => line.trimEnd());
}

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeData(join(folder, 'data'));
  await writeRecipe(join(folder, 'long.json'), { ...TINY, training: { ...TINY.training, epochs: 100_000 } });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.skipIf(!hasTerminal)(
  'Ctrl-C leaves the bar on a line of its own, then the words and a command to paste',
  async () => {
    const args = ['train', 'long.json', '--data-dir', 'data', '--tensorboard', 'none', '--out', "it's a run"];
    const env = { ...process.env, HOURGLASS_OFFLINE: '1', HOURGLASS_CACHE: join(folder, 'cache') };
    const child = spawn('python3', ['-c', TERMINAL, process.execPath, PROGRAM, ...args], {
      cwd: folder,
      env,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
    const lines = screenOf(output);
    const at = lines.indexOf('Stopping after this step (Ctrl-C again: at once) …');
    expect(lines[at - 1]).toMatch(/^[█░]{16} epoch \d+\/100000 .*left/u);
    expect(lines.slice(at + 1).filter((line) => line !== '')).toEqual([
      expect.stringMatching(/^Stopped in epoch \d+; /),
      expect.stringMatching(/hourglass train --resume 'it'\\''s a run'$/),
    ]);
  },
);
