/** Other runtimes, where npm has them: training, use and the service in Bun and Deno, and use without native libraries. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { writeModelFolder } from '../support/models.ts';
import { PROGRAM, run, trainAndEncode, useAlone } from './project.ts';

const RUNTIMES = [
  { name: 'Bun', npm: '@oven/bun-linux-x64', file: 'bin/bun', run: ['run'] },
  { name: 'Deno', npm: '@deno/linux-x64-glibc', file: 'deno', run: ['run', '-A'] },
];

const project = inject('project');
const alone = inject('alone');
const isTried = process.platform === 'linux' && process.arch === 'x64';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-runtimes-'));
  await writeModelFolder(join(alone, 'model'), 'variational');
  if (!isTried) return;
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  const names = RUNTIMES.map(({ npm }) => npm);
  await run('npm', ['i', '--prefer-offline', '--ignore-scripts', ...names], folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const service = (run: string) => `
  import { serve } from 'hourglass';
  const service = await serve({ digits: '${run}' }, { port: 0 });
  const picture = await fetch(service.url + '/v1/models/digits/sample?count=1&format=png');
  const encode = { method: 'POST', headers: { 'content-type': 'image/png' }, body: await picture.arrayBuffer() };
  const { codes } = await (await fetch(service.url + '/v1/models/digits/encode', encode)).json();
  await service.close();
  console.log('closed', codes.shape.join());`;

/** Waits until the service says where it is. */
async function address(child: ChildProcess): Promise<string> {
  let printed = '';
  for await (const text of child.stdout!) {
    printed += text;
    const [url] = /http:\/\/[\d.:]+/.exec(printed) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`the service ended: ${printed}`);
}

describe.each(RUNTIMES)('$name', ({ name, npm, file, run: command }) => {
  const executable = () => join(folder, 'node_modules', npm, file);
  const out = `run-${name}`;
  const skipWithout = (skip: (note: string) => void) => {
    if (!existsSync(executable())) skip(isTried ? `npm has no ${npm}` : `tried on Linux x64 only`);
  };

  test('trains and encodes', async ({ skip }) => {
    skipWithout(skip);
    await writeFile(join(project, `${out}.js`), trainAndEncode(out));
    const { code, output } = await run(executable(), [...command, `${out}.js`], project);
    expect(code, output).toBe(0);
    expect(output).toContain('1,32');
  });

  test('serves and closes, with a picture decoded', async ({ skip }) => {
    skipWithout(skip);
    await writeFile(join(project, `serve-${out}.js`), service(out));
    const { code, output } = await run(executable(), [...command, `serve-${out}.js`], project);
    expect(code, output).toBe(0);
    expect(output).toContain('closed 1,32');
  });

  test('uses a model with hourglass-use', async ({ skip }) => {
    skipWithout(skip);
    await writeFile(join(alone, `${name}.js`), useAlone('model'));
    const { code, output } = await run(executable(), [...command, `${name}.js`], alone);
    expect(code, output).toBe(0);
    expect(output).toContain('used 1,3 2,3,8,8');
  });

  test('ends the service on SIGTERM', async ({ skip }) => {
    skipWithout(skip);
    const child = spawn(executable(), [...command, PROGRAM, 'serve', `digits=${out}`, '--port', '0'], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    expect((await fetch(`${await address(child)}/health`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});
