/**
 * Runs graphs. The only layer that imports ONNX Runtime: programs over flat memory for training, sessions
 * over loose arrays for everything else. It knows nothing of models or training.
 */
export { Arena, type Block } from './arena.ts';
export type { FloatArray } from './arrays.ts';
export { ByteScaler } from './byte-scaler.ts';
export { type ChosenDevice, chooseDevice, DEVICES, type Device, type DeviceChoice } from './devices.ts';
export { defaultThreads, describeMachine, type Machine, runtimeVersions, type Versions } from './machine.ts';
export { type Binding, compile, type Program } from './program.ts';
export { openSession, type Session, type SessionSettings } from './session.ts';
