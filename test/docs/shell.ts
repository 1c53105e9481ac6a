/**
 * A shell as a reader's in the folder of the repository: `npx hourglass`, `hourglass` and `npm start` are this
 * repository's program, and curl fails where the service refuses. A service runs until the next one starts.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ROOT } from './documents.ts';

const PROGRAM = join(ROOT, 'bin', 'hourglass.js');

export interface Shell {
  /** Runs a command to its end and gives what it printed, standard output before errors; throws where it fails. */
  run(command: string): Promise<string>;
  close(): Promise<void>;
}

/** A shell in this folder, where `mnist` is the set in the folder `data`. */
export async function openShell(folder: string, data: string): Promise<Shell> {
  const programs = join(folder, '.programs');
  await mkdir(programs);
  const curl = execFileSync('bash', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim();
  const hourglass = `exec '${process.execPath}' '${PROGRAM}'`;
  const scripts = {
    hourglass: `${hourglass} "$@"`,
    npx: `[ "$1" = hourglass ] || { echo "npx $1 is not known here" >&2; exit 97; }; shift; ${hourglass} "$@"`,
    npm: `[ "$*" = start ] || { echo "npm $* is not known here" >&2; exit 97; }; ${hourglass} train`,
    curl: `exec '${curl}' --fail-with-body --silent --show-error "$@"`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(programs, name), 0o755);
  }
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const environment: NodeJS.ProcessEnv = {
    ...inherited,
    PATH: `${programs}${delimiter}${process.env.PATH}`,
    HOURGLASS_OFFLINE: '1',
    HOURGLASS_CACHE: join(folder, '.cache'),
    HOURGLASS_DATA: data,
  };
  let service: ChildProcess | null = null;

  const started = (command: string) =>
    spawn('bash', ['-c', `set -o pipefail\n${command}`], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  /** Asks it to end, as Ctrl-C does; it must do so without complaint. */
  const stopService = () =>
    new Promise<void>((resolve, reject) => {
      const child = service;
      service = null;
      if (child === null) return resolve();
      child.removeAllListeners('close');
      child.on('close', (code) =>
        code === 0 ? resolve() : reject(new Error(`the service ended with exit code ${code}`)),
      );
      child.kill('SIGTERM');
    });

  const run = async (command: string) => {
    const serves = /\bhourglass serve\b/.test(command);
    if (serves) await stopService();
    // A service takes the place of its shell, so that a signal reaches it.
    const child = started(serves ? command.replace(/\b(npx hourglass serve)/, 'exec $1') : command);
    let [stdout, stderr] = ['', ''];
    return new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        const [url] = /http:\/\/[\d.:]+/.exec(stdout) ?? [];
        if (!serves || url === undefined || service !== null) return;
        service = child;
        environment.SERVICE = url;
        environment.U = `${url}/v1/models/digits`;
        resolve(stdout);
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.on('error', reject);
      child.on('close', (code) => {
        if (code === 0 && !serves) resolve(stdout + stderr);
        else reject(new CommandFailed(code, stdout + stderr));
      });
    });
  };
  return { run, close: stopService };
}

export class CommandFailed extends Error {
  readonly output: string;

  constructor(code: number | null, output: string) {
    super(`exit code ${code}: ${output.trim().split('\n').slice(-6).join('\n')}`);
    this.output = output;
  }
}
