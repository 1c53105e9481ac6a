/** Which of the two builds of the module can be used: see scripts/fused.js. */

/** A function that gives `f32x4.relaxed_madd` of three vectors of zeros. */
const USES_RELAXED_SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0],
  ...[10, 19, 1, 17, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2],
  11,
);

/** Whether multiplying and adding is one instruction here. */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(USES_RELAXED_SIMD);
