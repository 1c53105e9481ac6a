/**
 * Where graphs run: the processor, or a GPU through one of ONNX Runtime's execution providers. What is there is
 * tried out on a graph of one operator, in a process of its own: a driver that fails may take its process with it,
 * and writes to its standard error.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ChosenDevice, DeviceChoice } from '../../engine/index.ts';
import { HourglassError } from '../../errors.ts';
import { BATCH, input, relu } from '../../graph/index.ts';
import { END_MESSAGE, encodeModel, withEnd } from '../../onnx/index.ts';
import { VENDORED } from './vendored.ts';

/** In this order `auto` tries them. */
const GPUS = ['cuda', 'webgpu'] as const;
type Gpu = (typeof GPUS)[number];

/** Why a device cannot be used, or null. */
export type TryDevice = (gpu: Gpu) => Promise<string | null>;

/** @throws HourglassError if the device that was asked for cannot be used. */
export async function chooseDevice(
  asked: DeviceChoice,
  tryDevice: TryDevice = tryOut,
): Promise<ChosenDevice> {
  if (asked === 'cpu') return { device: 'cpu', note: null };
  const reasons: string[] = [];
  for (const gpu of asked === 'auto' ? GPUS : [asked]) {
    const reason = await tryDevice(gpu);
    if (reason === null) {
      return {
        device: gpu,
        note: `on ${gpu}: another run may differ in the last bits, unlike on the processor`,
      };
    }
    reasons.push(`${gpu}: ${reason}`);
  }
  if (asked === 'auto') {
    return { device: 'cpu', note: `no GPU can be used, so it runs on the processor (${reasons.join('; ')})` };
  }
  throw new HourglassError('usage', {
    subject: 'device',
    rule: `'${asked}' cannot be used here (${reasons[0]!.slice(asked.length + 2)})`,
    hint: "try 'auto', which takes what is there, or 'cpu'",
  });
}

/** How long a driver may take to start. */
const TRIAL_MS = 30_000;

const TRIAL = `
const [runtime, provider, end, model] = process.env.HOURGLASS_TRIAL.split('\\n');
const { InferenceSession, Tensor } = require(runtime);
const options = { executionProviders: [provider], logSeverityLevel: 4 };
InferenceSession.create(Buffer.from(model, 'base64'), options)
  .then(async (session) => {
    const tensor = (...values) => new Tensor('float32', new Float32Array(values), [1, 2]);
    const y = tensor(7, 7);
    // As in training: written where it is wanted, and ended by what cannot be given back.
    await session.run({ x: tensor(-1, 2) }, { [session.outputNames[0]]: null, y }).catch((error) => {
      if (!String(error.message).includes(end)) throw error;
    });
    process.stdout.write(y.data[0] === 0 && y.data[1] === 2 ? 'works' : 'it computes wrongly');
  })
  .catch((error) => process.stdout.write(String(error.message)));
`;

/** Runs a small graph on one of ONNX Runtime's execution providers: why that cannot be, or null. */
export function tryOut(provider: string): Promise<string | null> {
  const x = input('x', [BATCH, 2]);
  const model = withEnd(encodeModel({ name: 'trial', inputs: { x }, outputs: { y: relu(x) } }));
  const runtime = fileURLToPath(VENDORED);
  const told = [runtime, provider, END_MESSAGE, Buffer.from(model).toString('base64')].join('\n');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=commonjs', '--eval', TRIAL], {
      env: { ...process.env, HOURGLASS_TRIAL: told, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: TRIAL_MS,
    });
    let printed = '';
    child.stdout.on('data', (text) => {
      printed += text;
    });
    child.on('error', (error) => resolve(error.message));
    child.on('close', (_, signal) => {
      if (printed === 'works') resolve(null);
      else if (printed === '') resolve(`its driver ended the process (${signal ?? 'no reason given'})`);
      else resolve(inAFewWords(printed));
    });
  });
}

/** ONNX Runtime's messages begin with the function, or with where in its sources which condition does not hold. */
function inAFewWords(message: string): string {
  const said = message
    .split('\n')[0]!
    .replace(/^.* was (?:false|true)\. /, '')
    .replace(/^Ort\w+: /, '');
  return said.length > 120 ? `${said.slice(0, 119)}…` : said;
}
