/**
 * An end that a model is given before it is run. ONNX Runtime's binding for Node copies each output into memory of its
 * own after a run, also those that were written where they were wanted: a millisecond for four megabytes, and work for
 * the garbage collector. It cannot convert an output that is a sequence, and says so when it comes upon one. So a model
 * to be run has an empty sequence as its first output; what the binding then says means that the run is done. See
 * docs/decisions/0019-no-copies-of-outputs.md.
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** The name of that output. */
export const END = 'hourglass.end';
/** Part of the binding's message when it meets this end. */
export const END_MESSAGE = 'Non tensor type';

/** The model with its end; its other outputs follow. */
export function withEnd(model: Uint8Array): Uint8Array<ArrayBuffer> {
  // Where a message comes twice, a reader of protobuf joins the two, and lists go on: this part of a graph comes first.
  const end = endOfGraph();
  const result = new Uint8Array(end.length + model.length);
  result.set(end);
  result.set(model, end.length);
  return result;
}

/** Whether an error of a run says that it came to its end. */
export function isEnd(error: unknown): boolean {
  // Not by its class: a test runner may have classes of its own.
  return String((error as { message?: unknown } | null)?.message).includes(END_MESSAGE);
}

/** A ModelProto of nothing but a graph with an empty sequence of float32 tensors as a node's result and an output. */
function endOfGraph(): Uint8Array {
  const writer = new BinaryWriter();
  const text = (field: number, value: string) => writer.tag(field, 2).string(value);
  const nested = (field: number, write: () => void) => {
    writer.tag(field, 2).fork();
    write();
    writer.join();
  };
  nested(7, () => {
    nested(1, () => {
      text(2, END);
      text(3, END);
      text(4, 'SequenceEmpty');
    });
    nested(12, () => {
      text(1, END);
      // TypeProto.sequence_type.elem_type.tensor_type.elem_type = float32
      nested(2, () => nested(4, () => nested(1, () => nested(1, () => writer.tag(1, 0).int64(1)))));
    });
  });
  return writer.finish();
}
