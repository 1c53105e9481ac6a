/** One piece of work in a process of its own, that nothing is warm from: a worker that says what it took, and ends. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @param worker a file in workers/; it is given the task and prints its result, both as JSON. */
export async function once<Task, Result>(worker: string, task: Task): Promise<Result> {
  const file = fileURLToPath(new URL(`./workers/${worker}.js`, import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (text) => {
    printed += text;
  });
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error(`${worker} ${JSON.stringify(task)} ended with ${code}`);
  return JSON.parse(printed) as Result;
}
