import { describe, expect, test } from 'vitest';
import { DEVICES } from '../../choices.ts';
import { chooseDevice, tryOut } from './devices.ts';

/** As if these worked, and the others had a reason not to. */
function machineWith(...working: string[]) {
  const tried: string[] = [];
  return {
    tried,
    try: async (gpu: string) => {
      tried.push(gpu);
      return working.includes(gpu) ? null : `no ${gpu} here`;
    },
  };
}

describe('a device is chosen by what is there', () => {
  test.each<[(typeof DEVICES)[number], string[], string, string[]]>([
    ['cpu', ['cuda', 'webgpu'], 'cpu', []],
    ['auto', ['cuda', 'webgpu'], 'cuda', ['cuda']],
    ['auto', ['webgpu'], 'webgpu', ['cuda', 'webgpu']],
    ['auto', [], 'cpu', ['cuda', 'webgpu']],
    ['webgpu', ['webgpu'], 'webgpu', ['webgpu']],
    ['cuda', ['cuda', 'webgpu'], 'cuda', ['cuda']],
  ])('%s, where there are %j: %s', async (asked, working, device, tried) => {
    const machine = machineWith(...working);
    expect((await chooseDevice(asked, machine.try)).device).toBe(device);
    expect(machine.tried).toEqual(tried);
  });

  test('it is said why it is the processor', async () => {
    expect((await chooseDevice('auto', machineWith().try)).note).toBe(
      'no GPU can be used, so it runs on the processor (cuda: no cuda here; webgpu: no webgpu here)',
    );
    expect((await chooseDevice('cpu', machineWith().try)).note).toBeNull();
  });

  test('one that was asked for by name and is not there is an error with a way out', async () => {
    await expect(chooseDevice('webgpu', machineWith('cuda').try)).rejects.toThrow(
      "device: 'webgpu' cannot be used here (no webgpu here); try 'auto', which takes what is there, or 'cpu'",
    );
  });
});

test('the trial itself, in a process of its own, gives a device that works or a reason in a line', async () => {
  const { device, note } = await chooseDevice('auto');
  expect(DEVICES).toContain(device);
  expect(note).toMatch(device === 'cpu' ? /\(cuda: .+; webgpu: .+\)$/ : /^on /);
  expect(note).not.toMatch(/\n|onnxruntime_src/);
});

test('the trial itself: the processor passes it, and what is not there says why', async () => {
  expect(await tryOut('cpu')).toBeNull();
  expect(await tryOut('nowhere')).toMatch(/nowhere/);
});
