"""Single task, shared bottom, MMoE and PLE in PyTorch, beside `bench/census`: the same arrays, sizes, initial distributions,
optimizer and stopping rule, with PyTorch's own seeds.

    python bench/torch/multi_task.py data.safetensors spec.json result.json
"""

import json
import math
import sys
import time

import numpy as np
import torch
from safetensors.numpy import load_file
from torch import nn


def linear(inputs, outputs, kind):
    """As ours start: He normal below ReLU, Glorot uniform for the last unit, 0 for gates; biases 0."""
    layer = nn.Linear(inputs, outputs, bias=kind != "gate")
    if kind == "relu":
        nn.init.normal_(layer.weight, std=math.sqrt(2 / inputs))
    elif kind == "output":
        nn.init.xavier_uniform_(layer.weight)
    else:
        nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def layers(inputs, widths, dropout):
    parts = []
    for width in widths:
        parts += [linear(inputs, width, "relu"), nn.ReLU()] + ([nn.Dropout(dropout)] if dropout else [])
        inputs = width
    return nn.Sequential(*parts)


class Fields(nn.Module):
    def __init__(self, groups, numbers):
        super().__init__()
        self.tables = nn.ModuleDict()
        for group in groups:
            table = nn.Embedding(group["rows"], group["dimension"])
            nn.init.normal_(table.weight, std=1 / math.sqrt(group["dimension"]))
            with torch.no_grad():
                table.weight[group["starts"]] = 0
            self.tables[str(group["dimension"])] = table
        self.width = numbers + sum(group["dimension"] * len(group["fields"]) for group in groups)

    def forward(self, given):
        parts = [table(given[f"categories/{name}"]).flatten(1) for name, table in self.tables.items()]
        return torch.cat(parts + [given["numbers"]], 1)


class Mix(nn.Module):
    def __init__(self, inputs, experts):
        super().__init__()
        self.gate = linear(inputs, experts, "gate")

    def forward(self, x, experts):
        weights = torch.softmax(self.gate(x), -1)
        self.unevenness = weights.shape[1] * (weights.mean(0) ** 2).sum() - 1
        return (torch.stack(experts, 1) * weights[:, :, None]).sum(1)


class Mmoe(nn.Module):
    def __init__(self, inputs, tasks, config):
        super().__init__()
        widths, dropout = config["expertHidden"], config["dropout"]
        self.experts = nn.ModuleList(layers(inputs, widths, dropout) for _ in range(config["experts"]))
        self.mixes = nn.ModuleList(Mix(inputs, config["experts"]) for _ in tasks)
        self.width = widths[-1]

    def forward(self, x):
        experts = [expert(x) for expert in self.experts]
        return [mix(x, experts) for mix in self.mixes]


class Level(nn.Module):
    def __init__(self, inputs, tasks, config, widths, is_last):
        super().__init__()
        own, shared = config["taskExperts"], config["sharedExperts"]
        make = lambda count: nn.ModuleList(layers(inputs, widths, config["dropout"]) for _ in range(count))
        self.own = nn.ModuleList(make(own) for _ in tasks)
        self.shared = make(shared)
        self.mixes = nn.ModuleList(Mix(inputs, own + shared) for _ in tasks)
        self.shared_mix = None if is_last else Mix(inputs, own * len(tasks) + shared)

    def forward(self, states, shared):
        own = [[expert(state) for expert in experts] for experts, state in zip(self.own, states)]
        common = [expert(shared) for expert in self.shared]
        mixed = [mix(state, mine + common) for mix, state, mine in zip(self.mixes, states, own)]
        if self.shared_mix is not None:
            shared = self.shared_mix(shared, [expert for mine in own for expert in mine] + common)
        return mixed, shared


class Ple(nn.Module):
    def __init__(self, inputs, tasks, config):
        super().__init__()
        self.levels, self.tasks = nn.ModuleList(), len(tasks)
        for index, level in enumerate(config["levels"]):
            is_last = index == len(config["levels"]) - 1
            self.levels.append(Level(inputs, tasks, config, level["expertHidden"], is_last))
            inputs = level["expertHidden"][-1]
        self.width = inputs

    def forward(self, x):
        states, shared = [x] * self.tasks, x
        for level in self.levels:
            states, shared = level(states, shared)
        return states


class Bottom(nn.Module):
    """A shared bottom; over one task it is a network of its own."""

    def __init__(self, inputs, tasks, config):
        super().__init__()
        self.bottom, self.tasks = layers(inputs, config["hidden"], config["dropout"]), len(tasks)
        self.width = config["hidden"][-1]

    def forward(self, x):
        return [self.bottom(x)] * self.tasks


TRUNKS = {"single-task": Bottom, "shared-bottom": Bottom, "mmoe": Mmoe, "ple": Ple}


class Model(nn.Module):
    def __init__(self, config, tasks, groups, numbers):
        super().__init__()
        self.fields = Fields(groups, numbers)
        self.trunk = TRUNKS[config["kind"]](self.fields.width, tasks, config)
        tower, width, dropout = config["tower"], self.trunk.width, config["dropout"]
        self.towers = nn.ModuleList(
            nn.Sequential(layers(width, tower, dropout), linear(tower[-1], 1, "output")) for _ in tasks
        )

    def forward(self, given):
        return [tower(state)[:, 0] for tower, state in zip(self.towers, self.trunk(self.fields(given)))]


def auc(scores, labels):
    """Rank sum with middle ranks for ties."""
    values, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = labels == 1
    count = positives.sum()
    return (ranks[positives].sum() - count * (count + 1) / 2) / (count * (len(labels) - count))


def aucs_of(model, tasks, given):
    model.eval()
    with torch.no_grad():
        logits = model(given)
    model.train()
    return {task: auc(logit.numpy(), given[f"label/{task}"].numpy()) for task, logit in zip(tasks, logits)}


def train(given_model, tasks, data, spec, seed):
    torch.manual_seed(seed)
    settings, own = spec["settings"], given_model["training"]
    model = Model(given_model["config"] | {"dropout": own["dropout"]}, tasks, spec["groups"], data["train"]["numbers"].shape[1])
    optimizer = torch.optim.Adam(model.parameters(), lr=own["learningRate"])
    rows, best, since, judged = len(data["train"]["numbers"]), -1.0, 0, None
    for _ in range(settings["epochs"]):
        for batch in torch.randperm(rows).split(settings["batchSize"]):
            given = {name: value[batch] for name, value in data["train"].items()}
            losses = [
                nn.functional.binary_cross_entropy_with_logits(logit, given[f"label/{task}"])
                for task, logit in zip(tasks, model(given))
            ]
            gates = [part.unevenness for part in model.modules() if isinstance(part, Mix)]
            optimizer.zero_grad()
            (sum(losses) + settings["gateBalance"] * sum(gates)).backward()
            optimizer.step()
        value = float(np.mean(list(aucs_of(model, tasks, data["validation"]).values())))
        since += 1
        if value > best:
            best, since, judged = value, 0, aucs_of(model, tasks, data["test"])
        if since >= settings["patience"]:
            break
    return judged, sum(parameter.numel() for parameter in model.parameters())


def main():
    data_path, spec_path, result_path = sys.argv[1:]
    torch.set_num_threads(1)
    with open(spec_path) as file:
        spec = json.load(file)
    data = {part: {} for part in ("train", "validation", "test")}
    for name, value in load_file(data_path).items():
        part, key = name.split("/", 1)
        data[part][key] = torch.from_numpy(value.astype(np.int64) if value.dtype == np.int32 else value)
    result = {}
    for model in spec["models"]:
        result[model["key"]] = []
        for seed in range(1, spec["settings"]["seeds"] + 1):
            start, found, size = time.perf_counter(), {}, 0
            for tasks in model["runs"]:
                judged, parameters = train(model, tasks, data, spec, seed)
                found |= judged
                size += parameters
            result[model["key"]].append(found)
            figures = "  ".join(f"{task} {value:.4f}" for task, value in found.items())
            seconds = time.perf_counter() - start
            print(f"PyTorch {model['name']:14} seed {seed}  {figures}  {size} parameters  {seconds:.0f} s", flush=True)
    with open(result_path, "w") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
