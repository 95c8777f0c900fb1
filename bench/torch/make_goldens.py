"""Makes the goldens of src/learn/models/goldens: computed in float64 by PyTorch, stored in float32.

    python bench/torch/make_goldens.py [--out FOLDER] [--check]

--check writes nothing: it recomputes everything in float32 and prints how far that strays from the committed files,
which tells what tolerance a float32 engine can be held to.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

import golden_cases

FOLDER = Path(__file__).resolve().parents[2] / "src" / "learn" / "models" / "goldens"


def optimizer_of(name, parameters):
    values = list(parameters.values())
    if name.startswith("sgd"):
        return torch.optim.SGD(values, lr=0.1, momentum=0.9)
    if name == "adam":
        return torch.optim.Adam(values, lr=1e-2, betas=(0.9, 0.999), eps=1e-8)
    if name == "adamw":
        groups = [
            {"params": [v for v in values if v.dim() >= 2], "weight_decay": 0.1},
            {"params": [v for v in values if v.dim() < 2], "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.999), eps=1e-8)
    if name == "adagrad":
        return torch.optim.Adagrad(values, lr=1e-2, eps=1e-10, initial_accumulator_value=0.0)
    raise ValueError(f"no optimizer {name}")


def leaves(case, dtype):
    return {name: value.to(dtype, copy=True).requires_grad_() for name, value in case.parameters.items()}


def cast(inputs, dtype):
    """Floating inputs in the type of the computation, indices as they are."""
    return {name: value.to(dtype) if value.is_floating_point() else value for name, value in inputs.items()}


def forward_tensors(case, dtype):
    parameters, inputs = leaves(case, dtype), cast(case.inputs, dtype)
    scores, loss = case.run(parameters, inputs)
    gradients = torch.autograd.grad(loss, list(parameters.values()))
    tensors = {f"parameter/{name}": value for name, value in parameters.items()}
    tensors |= {f"input/{name}": value for name, value in inputs.items()}
    outputs = scores if isinstance(scores, dict) else {} if scores is None else {"scores": scores}
    tensors |= {f"output/{name}": value for name, value in outputs.items()}
    tensors["loss"] = loss
    return tensors | {f"gradient/{name}": value for name, value in zip(parameters, gradients)}


def step_tensors(case, optimizer_name, dtype, steps=3):
    """Parameters after each step on the same batch, beside the loss and the global gradient norm before each step."""
    parameters, inputs = leaves(case, dtype), cast(case.inputs, dtype)
    optimizer = optimizer_of(optimizer_name, parameters)
    limit = 1.0 if optimizer_name.endswith("-clip") else float("inf")
    tensors, losses, norms = {}, [], []
    for step in range(1, steps + 1):
        optimizer.zero_grad()
        _, loss = case.run(parameters, inputs)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(list(parameters.values()), limit))
        optimizer.step()
        losses.append(loss.detach())
        tensors |= {f"step{step}/{name}": value.detach().clone() for name, value in parameters.items()}
    return {"losses": torch.stack(losses), "gradientNorms": torch.stack(norms)} | tensors


def rowwise_adagrad(table, rows, gradient, state, rate=1e-2, epsilon=1e-10):
    """One number of state a row, the running sum of the row's mean squared gradient; only `rows` move."""
    state[rows] += (gradient * gradient).mean(-1)
    table[rows] -= rate * gradient / (state[rows].sqrt() + epsilon)[:, None]


def sparse_step_tensors(case, batches, kind, dtype):
    """Three steps, each on its own batch: tables by a row-wise optimizer, the dense parameters by Adam."""
    parameters = leaves(case, dtype)
    tables = {name: value for name, value in parameters.items() if name.endswith(".embedding")}
    dense = [value for name, value in parameters.items() if name not in tables]
    states = {name: torch.zeros(value.shape[0], dtype=dtype) for name, value in tables.items()}
    dense_adam = optimizer_of("adam", dict(enumerate(dense)))
    lazy_adam = torch.optim.SparseAdam(list(tables.values()), lr=1e-2, betas=(0.9, 0.999), eps=1e-8)
    tensors, losses = {}, []
    for step, batch in enumerate(batches, start=1):
        inputs = cast(batch, dtype)
        _, loss = case.run(parameters, inputs)
        gradients = torch.autograd.grad(loss, list(tables.values()) + dense)
        for value, gradient in zip(dense, gradients[len(tables) :]):
            value.grad = gradient
        dense_adam.step()
        for index, (name, table) in enumerate(tables.items()):
            rows = inputs["fields"][:, index].long().unique()
            if kind == "lazy-adam":
                table.grad = torch.sparse_coo_tensor(
                    rows[None], gradients[index][rows], table.shape, is_coalesced=True, check_invariants=True
                )
            else:
                with torch.no_grad():
                    rowwise_adagrad(table, rows, gradients[index][rows], states[name])
        if kind == "lazy-adam":
            lazy_adam.step()
        losses.append(loss.detach())
        tensors |= {f"input/step{step}/{name}": value for name, value in inputs.items()}
        tensors |= {f"step{step}/{name}": value.detach().clone() for name, value in parameters.items()}
    return {"losses": torch.stack(losses)} | tensors


def files(dtype):
    """File name to (tensors, metadata)."""
    for case in golden_cases.all_cases():
        metadata = {"config": json.dumps(case.config)}  # one key: safetensors writes several in any order
        yield case.name, forward_tensors(case, dtype), metadata
        for optimizer_name in case.optimizers:
            yield f"{case.name}-{optimizer_name}", step_tensors(case, optimizer_name, dtype), metadata
    case, batches = golden_cases.sparse_case()
    for kind in ("lazy-adam", "rowwise-adagrad"):
        yield f"mlp-{kind}", sparse_step_tensors(case, batches, kind, dtype), {"config": json.dumps(case.config)}


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for name, tensors, metadata in files(torch.float64):
        stored = {
            key: value.detach().to(torch.float32 if value.is_floating_point() else torch.int32).contiguous()
            for key, value in tensors.items()
        }
        path = folder / f"{name}.safetensors"
        save_file(stored, path, metadata=metadata)
        total += path.stat().st_size
        print(f"{path.name:40} {path.stat().st_size:7} bytes  {len(stored)} tensors")
    print(f"{total} bytes in all")


def check(folder):
    """Largest difference of a tensor in units of its largest entry, float32 against the committed file."""
    for name, tensors, _ in files(torch.float32):
        golden = load_file(folder / f"{name}.safetensors")
        assert golden.keys() == tensors.keys(), name
        worst = {}
        for key, value in tensors.items():
            wanted = golden[key].to(torch.float64)
            scale = wanted.abs().max().clamp(min=1e-12)
            worst[key] = float((value.detach().to(torch.float64) - wanted).abs().max() / scale)
        largest = sorted(worst.items(), key=lambda entry: -entry[1])[:3]
        print(json.dumps({"file": name, "worst": {key: f"{value:.1e}" for key, value in largest}}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.check:
        check(options.out)
    else:
        write(options.out)


if __name__ == "__main__":
    sys.exit(main())
