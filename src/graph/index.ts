export { sliceRange } from './arrangement.ts';
export * from './build.ts';
export * from './build-maps.ts';
export * from './composites.ts';
export { OPSET, type OperatorName } from './operators.ts';
export { topologicalOrder } from './order.ts';
export {
  BATCH,
  bindShape,
  broadcastShapes,
  type Dim,
  fixedSize,
  formatShape,
  multipleOf,
  type Shape,
  shapesEqual,
  sizeOfOne,
  times,
} from './shape.ts';
export {
  type Attributes,
  atScope,
  constant,
  type DType,
  input,
  inScope,
  type Sym,
  scalarValue,
} from './symbol.ts';
