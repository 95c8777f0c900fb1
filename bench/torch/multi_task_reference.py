"""Multi-task models written straight from their equations over a dictionary of named tensors, and their golden cases.

x [B, D] is what an encoder gives; every model gives logits [B, tasks]. Sources beside the equations in
src/learn/models/multi-task.
"""

import torch

TASKS = ("like", "buy")
WEIGHTS = (1.0, 0.5)
BATCH, DIM = 6, 5
# Seeds under which ReLU lets a gradient through to every parameter.
SEEDS = {"single-task": 30, "shared-bottom": 31, "mmoe": 32, "ple": 43, "esmm": 34}


def dense(p, name, x):
    return x @ p[f"{name}.weight"] + p[f"{name}.bias"]


def layers(p, name, x):
    """Linear layers with ReLU, as many as there are parameters of that name."""
    index = 0
    while f"{name}.hidden{index}.weight" in p:
        x = torch.relu(dense(p, f"{name}.hidden{index}", x))
        index += 1
    return x


def tower(p, task, x):
    return dense(p, f"tower.{task}.output", layers(p, f"tower.{task}", x))[:, 0]


def mix(p, name, x, experts):
    weights = torch.softmax(x @ p[f"{name}.gate.weight"], -1)
    return sum(weights[:, index : index + 1] * expert for index, expert in enumerate(experts))


def single_task(p, x):
    return [layers(p, f"{task}.network", dense(p, f"{task}.encoder", x)) for task in TASKS]


def shared_bottom(p, x):
    return [layers(p, "bottom", x)] * len(TASKS)


def mmoe(p, x, experts):
    outputs = [layers(p, f"expert{index}", x) for index in range(experts)]
    return [mix(p, task, x, outputs) for task in TASKS]


def ple(p, x, levels, task_experts, shared_experts):
    states, shared = [x] * len(TASKS), x
    for level in range(levels):
        at = f"level{level}"
        own = [
            [layers(p, f"{at}.{task}.expert{index}", state) for index in range(task_experts)]
            for task, state in zip(TASKS, states)
        ]
        common = [layers(p, f"{at}.shared.expert{index}", shared) for index in range(shared_experts)]
        states = [mix(p, f"{at}.{task}", state, mine + common) for task, state, mine in zip(TASKS, states, own)]
        if level < levels - 1:
            shared = mix(p, f"{at}.shared", shared, [expert for mine in own for expert in mine] + common)
    return states


def layer_shapes(name, width, widths):
    shapes = {}
    for index, size in enumerate(widths):
        shapes |= {f"{name}.hidden{index}.weight": (width, size), f"{name}.hidden{index}.bias": (size,)}
        width = size
    return shapes


def tower_shapes(width, hidden):
    shapes = {}
    for task in TASKS:
        shapes |= layer_shapes(f"tower.{task}", width, hidden)
        shapes |= {f"tower.{task}.output.weight": (hidden[-1], 1), f"tower.{task}.output.bias": (1,)}
    return shapes


def ple_shapes(levels, task_experts, shared_experts):
    shapes, width = {}, DIM
    for level, widths in enumerate(levels):
        at = f"level{level}"
        owners = {task: task_experts for task in TASKS} | {"shared": shared_experts}
        for owner, count in owners.items():
            for index in range(count):
                shapes |= layer_shapes(f"{at}.{owner}.expert{index}", width, widths)
        shapes |= {f"{at}.{task}.gate.weight": (width, task_experts + shared_experts) for task in TASKS}
        if level < len(levels) - 1:
            shapes[f"{at}.shared.gate.weight"] = (width, len(TASKS) * task_experts + shared_experts)
        width = widths[-1]
    return shapes


def models():
    """Name to (config as our side reads it, shapes, representations)."""
    encoder = {}
    for task in TASKS:
        encoder |= {f"{task}.encoder.weight": (DIM, 4), f"{task}.encoder.bias": (4,)}
        encoder |= layer_shapes(f"{task}.network", 4, [6])
    gates = {f"{task}.gate.weight": (DIM, 3) for task in TASKS}
    experts = {k: v for index in range(3) for k, v in layer_shapes(f"expert{index}", DIM, [6, 4]).items()}
    bottom = {"kind": "shared-bottom", "hidden": []}
    return {
        "single-task": ({"kind": "single-task", "hidden": [6]}, encoder, 6, single_task),
        "shared-bottom": ({"kind": "shared-bottom", "hidden": [6, 4]}, layer_shapes("bottom", DIM, [6, 4]), 4, shared_bottom),
        "mmoe": ({"kind": "mmoe", "experts": 3, "expertHidden": [6, 4]}, experts | gates, 4, lambda p, x: mmoe(p, x, 3)),
        "ple": (
            {"kind": "ple", "levels": [{"expertHidden": [6]}, {"expertHidden": [4]}], "taskExperts": 2, "sharedExperts": 1},
            ple_shapes([[6], [4]], 2, 1),
            4,
            lambda p, x: ple(p, x, 2, 2, 1),
        ),
        "esmm": ({"kind": "esmm", "trunk": bottom}, {}, DIM, shared_bottom),
    }


def logits_of(p, x, kind, representations):
    first, second = (tower(p, task, h) for task, h in zip(TASKS, representations(p, x)))
    if kind != "esmm":
        return torch.stack([first, second], 1)
    both = torch.sigmoid(first) * torch.sigmoid(second)
    return torch.stack([first, torch.logit(both)], 1)


def task_loss(logits, labels, masks):
    """Sum over tasks of weight times the mean binary cross-entropy of the examples that have the task."""
    losses = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    return sum(w * (losses[:, k] * masks[:, k]).sum() / masks[:, k].sum() for k, w in enumerate(WEIGHTS))


def golden_parts(draw, generator_of):
    """Yields (name, config, parameters, inputs, run) for `golden_cases`."""
    for name, (config, shapes, width, representations) in models().items():
        seed = SEEDS[name]
        generator = generator_of(seed)
        parameters = draw(generator, shapes | tower_shapes(width, [3]))
        inputs = {
            "x": torch.randn(BATCH, DIM, generator=generator, dtype=torch.float64).to(torch.float32),
            "labels": torch.tensor([[1, 0], [1, 1], [0, 0], [0, 0], [1, 1], [0, 0]], dtype=torch.float32),
            "masks": torch.tensor([[1, 1], [1, 1], [1, 0], [1, 1], [0, 1], [1, 1]], dtype=torch.float32),
        }

        def run(p, given, kind=config["kind"], representations=representations):
            logits = logits_of(p, given["x"], kind, representations)
            return logits, task_loss(logits, given["labels"], given["masks"])

        settings = {"seed": seed, "tasks": TASKS, "weights": WEIGHTS, "model": config | {"tower": [3]}}
        yield f"multi-task-{name}", settings, parameters, inputs, run
