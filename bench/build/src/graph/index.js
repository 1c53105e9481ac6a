export * from "./build.js";
export { OPSET } from "./operators.js";
export { topologicalOrder } from "./order.js";
export { BATCH, bindShape, broadcastShapes, fixedSize, formatShape, shapesEqual, } from "./shape.js";
export { atScope, constant, input, inScope } from "./symbol.js";
