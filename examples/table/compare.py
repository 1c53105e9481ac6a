"""Runs exported ONNX files of a model of rows, and compares the results with those of hourglass.

    python compare.py exported

Needs numpy and onnxruntime. table.ts writes the folder.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime

folder = pathlib.Path(sys.argv[1])
expected = json.loads((folder / "expected.json").read_text())
rows = np.array(expected["rows"], np.float32)


def run(part, values):
    session = onnxruntime.InferenceSession(folder / f"{part}.onnx", providers=["CPUExecutionProvider"])
    output = "code" if part == "encoder" else "reconstruction"
    return session.run([output], {session.get_inputs()[0].name: values})[0]


codes = run("encoder", rows)
found = {
    "encoder": (codes, expected["codes"]),
    "decoder": (run("decoder", codes), expected["reconstructions"]),
    "autoencoder": (run("autoencoder", rows), expected["reconstructions"]),
}
for part, (ours, theirs) in found.items():
    theirs = np.array(theirs, np.float32).reshape(ours.shape)
    difference = float(np.max(np.abs(ours - theirs) / (1 + np.abs(theirs))))
    if difference > 1e-5:
        sys.exit(f"{part} differs by {difference}")
    print(f"{part} in Python: the same numbers, to {difference:.1e}")
