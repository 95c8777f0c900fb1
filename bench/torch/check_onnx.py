"""Opens a served artifact in a second runtime and compares its scores.

    python bench/torch/check_onnx.py FOLDER [--file cases.safetensors] [--tolerance 1e-4]

FOLDER holds model.onnx, manifest.json and cases.safetensors: the model's inputs by name (items, lengths, timestamps)
and the scores that Nisus computed for them, `scores`. The file goes through the ONNX checker with shape inference, then
through onnxruntime. Prints JSON. Exit code: 0 equal, 1 the scores differ, 2 the artifact cannot be read or run.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
from safetensors.numpy import load_file

TYPES = {
    "tensor(float)": numpy.float32,
    "tensor(double)": numpy.float64,
    "tensor(int32)": numpy.int32,
    "tensor(int64)": numpy.int64,
    "tensor(bool)": numpy.bool_,
}


class Unusable(Exception):
    """Raised when the artifact cannot be read or run; its message is the report's `reason`."""


def read(folder, cases_name):
    missing = [name for name in ("model.onnx", "manifest.json", cases_name) if not (folder / name).is_file()]
    if missing:
        raise Unusable(f"{folder} lacks {', '.join(missing)}")
    manifest = json.loads((folder / "manifest.json").read_text())
    return manifest, load_file(folder / cases_name)


def checked(path):
    """The file's opsets and IR version, after the checker has passed it."""
    try:
        # A path, not the loaded model: only so does the checker see weights kept beside the file.
        onnx.checker.check_model(str(path), full_check=True)
    except Exception as error:
        raise Unusable(f"the ONNX checker refuses model.onnx: {error}") from error
    model = onnx.load(str(path), load_external_data=False)
    return {
        "irVersion": model.ir_version,
        "opsets": {opset.domain or "ai.onnx": opset.version for opset in model.opset_import},
        "nodes": len(model.graph.node),
    }


def scores_of(path, cases):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feeds = {}
    for wanted in session.get_inputs():
        if wanted.name not in cases:
            raise Unusable(f"model.onnx asks for '{wanted.name}', which the cases lack; they hold {sorted(cases)}")
        if wanted.type not in TYPES:
            raise Unusable(f"input '{wanted.name}' is {wanted.type}, which this check cannot feed")
        feeds[wanted.name] = cases[wanted.name].astype(TYPES[wanted.type])
    names = [output.name for output in session.get_outputs()]
    name = "scores" if "scores" in names else names[0]
    return session.run([name], feeds)[0]


def compare(got, expected, tolerance):
    """Errors over finite entries; masked entries (-inf, or the like) must stand in the same places."""
    if got.shape != expected.shape:
        raise Unusable(f"scores are {got.shape}, expected {expected.shape}")
    got, expected = got.astype(numpy.float64), expected.astype(numpy.float64)
    finite = numpy.isfinite(expected)
    masks_agree = bool((numpy.isfinite(got) == finite).all())
    difference = numpy.abs(got[finite & numpy.isfinite(got)] - expected[finite & numpy.isfinite(got)])
    scale = float(numpy.abs(expected[finite]).max()) if finite.any() else 0.0
    absolute = float(difference.max()) if difference.size else 0.0
    # Relative to the largest score: a score near nought has no digits to lose.
    relative = absolute / scale if scale > 0 else absolute
    top = min(10, expected.shape[-1])
    same_order = numpy.argsort(-got, -1, kind="stable")[..., :top] == numpy.argsort(-expected, -1, kind="stable")[..., :top]
    return {
        "equal": masks_agree and bool(finite.any()) and relative <= tolerance,
        "cases": int(expected.shape[0]),
        "maxAbsoluteError": absolute,
        "maxRelativeError": relative,
        "tolerance": tolerance,
        "sameTop10": float(same_order.mean()),
        "masksAgree": masks_agree,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--file", default="cases.safetensors", help="the cases, a file in FOLDER")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="largest error, relative to the largest score")
    options = parser.parse_args()
    report = {"folder": str(options.folder), "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    try:
        manifest, cases = read(options.folder, options.file)
        report["model"] = manifest.get("model", manifest.get("name"))
        report |= checked(options.folder / "model.onnx")
        if "scores" not in cases:
            raise Unusable(f"the cases hold no 'scores', only {sorted(cases)}")
        got = scores_of(options.folder / "model.onnx", cases)
        report |= compare(got, cases["scores"], options.tolerance)
    except Unusable as error:
        print(json.dumps(report | {"equal": False, "reason": str(error)}, indent=2))
        return 2
    except Exception as error:  # onnxruntime and the readers raise many kinds; each is a broken artifact here
        print(json.dumps(report | {"equal": False, "reason": f"{type(error).__name__}: {error}"}, indent=2))
        return 2
    print(json.dumps(report, indent=2))
    return 0 if report["equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
