"""Times one training step (batch in, loss out, parameters updated) of PyTorch on the CPU and prints JSON.

    python bench/torch/bench_step.py sasrec|hstu|mlp|ranker --threads 2 --mode eager|compile --steps 20 --warmup 5 --seed 1

The ranker's batches are those of the other engine, in a file: --feeds FILE (`bench/train/ranker-batches.ts`).
"""

import argparse
import ctypes
import itertools
import json
import os
import platform
import shutil
import statistics
import sys
import time

import torch
from safetensors.torch import load_file

import fast_models
import fast_optimizers
import fast_ranker

SIZES = {
    "sasrec": {"batch": 128, "length": 50, "dim": 64, "heads": 1, "blocks": 2, "items": 3417, "dropout": 0.2},
    "hstu": {
        "batch": 128, "length": 200, "dim": 64, "heads": 1, "dqk": 64, "dv": 64, "blocks": 2, "items": 3417,
        "dropout": 0.2, "negatives": 128,
    },
    "mlp": {"batch": 1024, "fields": 26, "rows": 10_000, "width": 16, "hidden": [256, 128]},
    "ranker": {
        "dim": 64, "maxLength": 256, "blocks": 2, "heads": 1, "dqk": 64, "dv": 64, "tasks": 9, "own": 1, "shared": 2, "dense": 35,
        "width": 64, "tower": 32, "actions": 18, "domains": 3, "domainOfAction": [at % 3 for at in range(18)], "surfaces": 6,
        "kinds": 4,
        "content": {
            "idBuckets": 20_000, "authorBuckets": 2_000, "topicBuckets": 8_192, "gramBuckets": 16_384, "gramDimension": 32,
        },
    },
}  # fmt: skip


def zipf_ids(generator, count, shape, exponent=1.0):
    """Ids 0 … count - 1, the id i drawn in proportion to 1 / (i + 1)^exponent."""
    weights = torch.arange(1, count + 1, dtype=torch.float64) ** -exponent
    edges = (weights.cumsum(0) / weights.sum()).to(torch.float64)
    return torch.searchsorted(edges, torch.rand(shape, generator=generator, dtype=torch.float64)).clamp(max=count - 1)


def sequence_batch(generator, size):
    sequence = zipf_ids(generator, size["items"], (size["batch"], size["length"] + 1)) + 1
    return sequence[:, :-1].contiguous(), sequence[:, 1:].contiguous()


def hstu_batch(generator, size):
    items, targets = sequence_batch(generator, size)
    weights = torch.arange(1, size["items"] + 1, dtype=torch.float32).reciprocal()
    log_q = torch.cat([torch.zeros(1), (weights / weights.sum()).log()])
    negatives = zipf_ids(generator, size["items"], (size["negatives"],)) + 1
    return items, targets, negatives, log_q[targets], log_q[negatives]


def mlp_batch(generator, size):
    fields = zipf_ids(generator, size["rows"], (size["batch"], size["fields"]))
    return fields, (torch.rand(size["batch"], generator=generator) < 0.3).float()


def ranker_batches(path):
    """(inputs by name, labels [tasks, examples], masks) of every batch of a file."""
    named = load_file(path)
    batches = []
    while any(name.startswith(f"{len(batches)}/") for name in named):
        start = f"{len(batches)}/"
        given = {name.removeprefix(start): value for name, value in named.items() if name.startswith(start)}
        tasks = sorted(name.removeprefix("label/") for name in given if name.startswith("label/"))
        labels, masks = (torch.stack([given.pop(f"{kind}/{task}") for task in tasks]) for kind in ("label", "mask"))
        batches.append(({name: v if v.is_floating_point() else v.long() for name, v in given.items()}, labels, masks))
    return batches


def build(options):
    """(model, batch maker, function that steps all optimizers)."""
    size = SIZES[options.model]
    if options.model == "sasrec":
        model = fast_models.SASRec(
            size["items"], size["length"], size["dim"], size["heads"], size["blocks"], size["dropout"],
            options.attention, options.loss,
        )  # fmt: skip
        return model, sequence_batch, fast_optimizers.adam(model.parameters(), options.optimizer)
    if options.model == "hstu":
        model = fast_models.HSTU(
            size["items"], size["length"], size["dim"], size["heads"], size["dqk"], size["dv"], size["blocks"],
            size["dropout"], options.scoring,
        )  # fmt: skip
        return model, hstu_batch, fast_optimizers.adam(model.parameters(), options.optimizer)
    if options.model == "ranker":
        batches = itertools.cycle(ranker_batches(options.feeds))
        model = fast_ranker.RankerLoss(size)
        return model, lambda *_: next(batches), fast_optimizers.adam(model.parameters(), options.optimizer)
    sparse = options.tables in fast_optimizers.SPARSE_TABLES
    model = fast_models.MLP(size["fields"], size["rows"], size["width"], size["hidden"], sparse)
    dense = [value for name, value in model.named_parameters() if not name.startswith("tables")]
    steps = [
        fast_optimizers.adam(dense, options.optimizer),
        fast_optimizers.tables(model.tables.weight, options.tables),
    ]
    return model, mlp_batch, lambda: [step() for step in steps]


def compiled(model, options):
    if shutil.which(os.environ.get("CXX", "g++")) is None and shutil.which("clang++") is None:
        sys.exit(
            "torch.compile writes C++ and needs a compiler, and none is on PATH: install g++ or name one in CXX, "
            "or measure with --mode eager"
        )
    return torch.compile(model, mode=options.compile_mode, dynamic=False)


def keep_freed_memory():
    """Tells glibc to give no freed memory back, which is what jemalloc or tcmalloc do for PyTorch on the CPU.

    As installed, PyTorch takes tensors above 32 MiB from the kernel and returns them every step, and pays for touching
    fresh pages: a third of the SASRec step here. Two calls to mallopt spare the installation of another allocator.
    """
    M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4
    try:
        library = ctypes.CDLL("libc.so.6")
    except OSError:
        sys.exit("--allocator kept needs glibc (libc.so.6); measure with --allocator system")
    if library.mallopt(M_MMAP_MAX, 0) != 1 or library.mallopt(M_TRIM_THRESHOLD, 2**31 - 1) != 1:
        sys.exit("glibc refused the mallopt settings of --allocator kept; measure with --allocator system")


def measure(options):
    if options.allocator == "kept":
        keep_freed_memory()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    model, make_batch, update = build(options)
    model.train()
    batches = [make_batch(generator, SIZES[options.model]) for _ in range(min(options.steps + options.warmup, 16))]
    run = compiled(model, options) if options.mode == "compile" else model

    def step(batch):
        loss = run(*batch)
        loss.backward()
        update()
        model.zero_grad(set_to_none=True)
        return loss.item()

    times, losses = [], []
    for index in range(options.warmup + options.steps):
        start = time.perf_counter()
        losses.append(step(batches[index % len(batches)]))
        times.append((time.perf_counter() - start) * 1e3)
    return times[: options.warmup], times[options.warmup :], losses


def quantile(times, share):
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", choices=SIZES)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--mode", choices=("eager", "compile"), default="eager")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warmup", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--attention", choices=fast_models.SASREC_ATTENTION, default=fast_models.SASREC_ATTENTION[0])
    parser.add_argument("--loss", choices=fast_models.SASREC_LOSS, default=fast_models.SASREC_LOSS[0])
    parser.add_argument("--scoring", choices=("dot", "cosine"), default="dot")
    parser.add_argument("--optimizer", choices=fast_optimizers.ADAM, default=fast_optimizers.ADAM[0])
    parser.add_argument("--tables", choices=fast_optimizers.TABLES, default=fast_optimizers.TABLES[0])
    parser.add_argument("--allocator", choices=("system", "kept"), default="system", help="see keep_freed_memory")
    parser.add_argument("--compile-mode", default="default", help="of torch.compile")
    parser.add_argument("--feeds", help="batches of the ranker")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    options = parser.parse_args()
    warmup, times, losses = measure(options)
    result = {
        "model": options.model,
        "engine": f"torch {torch.__version__}",
        "mode": options.mode if options.allocator == "system" else f"{options.mode}, allocator kept",
        "medianMs": round(statistics.median(times), 3),
        "leastMs": round(min(times), 3),
        "p10Ms": round(quantile(times, 0.1), 3),
        "p90Ms": round(quantile(times, 0.9), 3),
        "firstStepMs": round(warmup[0] if warmup else times[0], 1),
        "firstLoss": round(losses[0], 4),
        "lastLoss": round(losses[-1], 4),
        "protocol": {
            "size": SIZES[options.model],
            "threads": torch.get_num_threads(),
            "steps": options.steps,
            "warmup": options.warmup,
            "seed": options.seed,
            "allocator": options.allocator,
            "attention": options.attention if options.model == "sasrec" else None,
            "loss": options.loss if options.model == "sasrec" else None,
            "scoring": options.scoring if options.model == "hstu" else None,
            "optimizer": f"adam {options.optimizer}",
            "tables": options.tables if options.model == "mlp" else None,
            "python": platform.python_version(),
        },
    }
    result["protocol"] = {key: value for key, value in result["protocol"].items() if value is not None}
    print(json.dumps(result, indent=None if options.json else 2))


if __name__ == "__main__":
    main()
