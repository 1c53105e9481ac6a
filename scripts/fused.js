/**
 * Rewrites a WebAssembly module so that it multiplies and adds in one instruction of relaxed SIMD: `f32x4.mul` followed by
 * `f32x4.add` becomes `f32x4.relaxed_madd`. Matrix products gain most. Nothing else in the module changes.
 */
const CODE = 10;
const TYPES = 1;
const FUNCTIONS = 3;

/** Reads numbers of a module one after the other. */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** A LEB128 number; of a signed one, only its length is right. */
  number() {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  skip(count) {
    this.at += count;
  }

  address() {
    const alignment = this.number();
    // With the index of a memory.
    if (alignment & 64) this.number();
    this.number();
  }

  numbers() {
    for (let left = this.number(); left > 0; left--) this.number();
  }
}

/** Skips an instruction. @returns whether it is `f32x4.mul`, `f32x4.add`, or neither. */
function instruction(code) {
  const op = code.byte();
  if (op === 0xfd) return vector(code);
  if (op <= 0x01 || op === 0x05 || op === 0x0b || op === 0x0f || op === 0x1a || op === 0x1b) return 'other';
  if (op <= 0x04 || op === 0x0c || op === 0x0d || op === 0x10 || (op >= 0x20 && op <= 0x26)) code.number();
  else if (op === 0x0e) {
    code.numbers();
    code.number();
  } else if (op === 0x11) {
    code.number();
    code.number();
  } else if (op === 0x1c) code.numbers();
  else if (op >= 0x28 && op <= 0x3e) code.address();
  else if (op >= 0x3f && op <= 0x42) code.number();
  else if (op === 0x43) code.skip(4);
  else if (op === 0x44) code.skip(8);
  else if (op === 0xfc) bulk(code);
  else if (op === 0xfe) atomic(code);
  else if (op === 0xd0 || op === 0xd2) code.number();
  else if ((op < 0x45 || op > 0xc4) && op !== 0xd1) throw new Error(`fused: unknown instruction ${op}`);
  return 'other';
}

function vector(code) {
  const op = code.number();
  if (op === 0xe6) return 'multiply';
  if (op === 0xe4) return 'add';
  if (op <= 11 || op === 92 || op === 93) code.address();
  else if (op === 12 || op === 13) code.skip(16);
  else if (op >= 21 && op <= 34) code.skip(1);
  else if (op >= 84 && op <= 91) {
    code.address();
    code.skip(1);
  }
  return 'other';
}

function bulk(code) {
  const op = code.number();
  if (op <= 7) return;
  if (op > 17) throw new Error(`fused: unknown instruction 0xfc ${op}`);
  code.number();
  if (op === 8 || op === 10 || op === 12 || op === 14) code.number();
}

function atomic(code) {
  if (code.number() === 3) code.skip(1);
  else code.address();
}

function leb(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) + (rest > 0 ? 128 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}

/** The two instructions take c, a, b from the stack, and the one wants a, b, c. */
function relaxedOf(firstLocal) {
  const [a, b, c] = [0, 1, 2].map((i) => leb(firstLocal + i));
  const [get, set] = [0x20, 0x21];
  return [set, ...b, set, ...a, set, ...c, get, ...a, get, ...b, get, ...c, 0xfd, 0x85, 0x02];
}

/** A function's body, rewritten; the same one where there is nothing to do. */
function fusedBody(body, parameters) {
  const code = new Reader(body);
  const groups = code.number();
  const declared = code.at;
  let locals = 0;
  for (let i = 0; i < groups; i++) {
    locals += code.number();
    code.skip(1);
  }
  const start = code.at;
  const pairs = [];
  let before = 'other';
  let from = start;
  while (code.at < body.length) {
    const at = code.at;
    const found = instruction(code);
    if (before === 'multiply' && found === 'add') pairs.push([from, code.at]);
    before = found;
    from = at;
  }
  if (pairs.length === 0) return body;
  const relaxed = Buffer.from(relaxedOf(parameters + locals));
  const threeVectors = [3, 0x7b];
  const parts = [Buffer.from(leb(groups + 1)), body.subarray(declared, start), Buffer.from(threeVectors)];
  let copied = start;
  for (const [pair, end] of pairs) {
    parts.push(body.subarray(copied, pair), relaxed);
    copied = end;
  }
  parts.push(body.subarray(copied));
  return Buffer.concat(parts);
}

/** How many parameters each function of the module has, imported ones left out. */
function parametersOf(sections) {
  const types = new Reader(sections.get(TYPES).content);
  const counts = Array.from({ length: types.number() }, () => {
    if (types.byte() !== 0x60) throw new Error('fused: a type that is no function');
    const count = types.number();
    types.skip(count);
    types.skip(types.number());
    return count;
  });
  const functions = new Reader(sections.get(FUNCTIONS).content);
  return Array.from({ length: functions.number() }, () => counts[functions.number()]);
}

/** @param {Uint8Array} bytes a module. */
export function fused(bytes) {
  const sections = new Map();
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const at = reader.at;
    const id = reader.byte();
    const length = reader.number();
    sections.set(id, { at, end: reader.at + length, content: bytes.subarray(reader.at, reader.at + length) });
    reader.skip(length);
  }
  const parameters = parametersOf(sections);
  const { at, end, content } = sections.get(CODE);
  const code = new Reader(content);
  const bodies = Array.from({ length: code.number() }, (_, i) => {
    const length = code.number();
    const body = fusedBody(content.subarray(code.at, code.at + length), parameters[i]);
    code.skip(length);
    return [Buffer.from(leb(body.length)), body];
  });
  const made = Buffer.concat([Buffer.from(leb(bodies.length)), ...bodies.flat()]);
  const head = Buffer.from([CODE, ...leb(made.length)]);
  return Buffer.concat([bytes.subarray(0, at), head, made, bytes.subarray(end)]);
}
