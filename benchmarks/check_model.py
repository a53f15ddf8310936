"""Reads a model folder with the reference libraries and compares what they make of it.

    pip install -r benchmarks/check_model_requirements.txt
    python benchmarks/check_model.py out/model

- model.safetensors, read by the safetensors library: every parameter is finite, and lies in
  model.onnx bit for bit; so do the standardisation's means and scales, rounded to float32.
- model.onnx, run by ONNX Runtime for Python on the features in check.json, one case at a time and
  all of them as one batch: every output is within 1e-5 of the one that is kept there.

Prints one line a check; the exit code is 1 when one fails.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from safetensors.numpy import load_file

TOLERANCE = 1e-5


def check_arrays(folder):
    """Whether the arrays of the safetensors file are those of the ONNX file."""
    onnx = (folder / "model.onnx").read_bytes()
    arrays = load_file(folder / "model.safetensors")
    lost = [name for name, x in arrays.items() if x.astype("<f4").tobytes() not in onnx]
    bad = [name for name, x in arrays.items() if not np.isfinite(x).all()]
    numbers = sum(x.size for name, x in arrays.items() if not name.startswith("standardisation/"))
    print(f"{len(arrays)} arrays, {numbers} parameters; not finite: {bad}; not in model.onnx: {lost}")
    return not bad and not lost


def check_outputs(folder):
    """Whether the ONNX file's outputs are those in check.json."""
    check = json.loads((folder / "check.json").read_text())
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    inputs = {
        name: np.array(x["data"], np.float32).reshape(x["shape"])
        for name, x in check["inputs"].items()
    }
    presence = np.array([case["presence"] for case in check["cases"]], np.float32)
    batch = {name: np.repeat(x, len(presence), axis=0) for name, x in inputs.items()}
    every = [output.name for output in session.get_outputs()]
    rows = dict(zip(every, session.run(every, {**batch, "in/presence": presence})))
    worst = 0.0
    for row, case in enumerate(check["cases"]):
        names = list(case["outputs"])
        alone = session.run(names, {**inputs, "in/presence": presence[row : row + 1]})
        for name, got in [*zip(names, alone), *((name, rows[name][row]) for name in names)]:
            wanted = np.array(case["outputs"][name])
            if got.size != wanted.size or not np.isfinite(got).all():
                print(f"{name}: expected {wanted.size} finite numbers, got {got.size}")
                return False
            worst = max(worst, float(np.abs(got.ravel() - wanted).max()))
    outputs = sum(len(case["outputs"]) for case in check["cases"])
    print(f"{len(check['cases'])} cases, {outputs} outputs; largest difference {worst:.2e}")
    return len(check["cases"]) == 8 and worst <= TOLERANCE


if __name__ == "__main__":
    model = Path(sys.argv[1])
    results = [check_arrays(model), check_outputs(model)]
    sys.exit(0 if all(results) else 1)
