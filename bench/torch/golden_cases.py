"""The small models whose numbers are committed: their seeds, parameters, inputs and how each is run."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch

import list_losses
import multi_task_reference
import ranker_reference
import reference
import target_attention

V, DIM, HEADS, BLOCKS, BATCH, LENGTH, MAX_LENGTH = 11, 8, 2, 2, 3, 7, 9
DQK, DV = 3, 4
TEMPERATURE = 0.05
KEEP = 0.8
LENGTHS = (7, 4, 6)


@dataclass(frozen=True)
class Case:
    """One golden: `run(parameters, inputs)` gives (scores, loss); in place of scores further outputs by name, or None."""

    name: str
    config: dict
    parameters: dict
    inputs: dict
    run: Callable
    optimizers: tuple = field(default=())


def generator_of(seed):
    return torch.Generator().manual_seed(seed)


def draw(generator, shapes):
    """Normal parameters by kind, rounded to float32 so that an engine in float32 starts from the same numbers."""
    parameters = {}
    for name, shape in shapes.items():
        value = torch.randn(shape, generator=generator, dtype=torch.float64)
        if name.endswith(".scale"):
            value = 1 + 0.2 * value
        elif name.endswith(".weight"):
            value = value * 1.2 / shape[0] ** 0.5
        elif name.endswith("mbedding"):
            value = value * 0.5
        else:
            value = value * 0.3
        parameters[name] = value.to(torch.float32)
    return parameters


def sequence_inputs(generator):
    """Right-padded items, and as targets the next item; the target after the last item is an item of its own."""
    extended = torch.randint(1, V + 1, (BATCH, LENGTH + 1), generator=generator, dtype=torch.int32)
    position = torch.arange(LENGTH)[None, :]
    valid = position < torch.tensor(LENGTHS)[:, None]
    zero = torch.zeros(BATCH, LENGTH, dtype=torch.int32)
    targets = torch.where(valid, extended[:, 1:], zero)
    targets[0, 2] = 0  # a position in mid-sequence without a target: the loss, not the padding, decides what counts
    return {"items": torch.where(valid, extended[:, :-1], zero), "targets": targets}


def timestamps(generator):
    """[B, L + 1] seconds: gaps from nothing to months; from the end of a row on, the time of the request."""
    gaps = torch.exp(torch.rand(BATCH, LENGTH + 1, generator=generator, dtype=torch.float64) * 15).long()
    gaps[0, 3] = 0
    times = 1_300_000_000 + gaps.cumsum(1)
    for row, length in enumerate(LENGTHS):
        times[row, length:] = times[row, length]
    ratio = (times[:, 1:, None] - times[:, None, :-1]).abs().clamp(min=1).double().log() / 0.301
    distance = (ratio - ratio.round()).abs()[ratio > 0]
    assert float(distance.min()) > 1e-4, "a gap stands on a bucket's edge: choose another seed"
    return times.to(torch.int32)


def masks_of(generator, shapes):
    """Scaled keep masks: 0 or 1 / keep."""
    return {
        f"mask/{index}": (torch.rand(shape, generator=generator) < KEEP).to(torch.float32) / KEEP
        for index, shape in enumerate(shapes)
    }


def masks_in(inputs):
    found = [name for name in inputs if name.startswith("mask/")]
    return [inputs[f"mask/{index}"] for index in range(len(found))] or None


def sasrec_shapes():
    shapes = {"itemEmbedding": (V + 1, DIM), "positionEmbedding": (MAX_LENGTH, DIM)}

    def dense(name):
        shapes.update({f"{name}.weight": (DIM, DIM), f"{name}.bias": (DIM,)})

    def norm(name):
        shapes.update({f"{name}.scale": (DIM,), f"{name}.offset": (DIM,)})

    for index in range(BLOCKS):
        norm(f"block{index}.attentionNorm")
        for part in ("query", "key", "value", "output"):
            dense(f"block{index}.attention.{part}")
        norm(f"block{index}.feedForwardNorm")
        dense(f"block{index}.feedForward.inner")
        dense(f"block{index}.feedForward.outer")
    norm("finalNorm")
    return shapes


def hstu_shapes(use_time):
    shapes = {"itemEmbedding": (V + 1, DIM), "positionEmbedding": (MAX_LENGTH, DIM)}
    for index in range(BLOCKS):
        shapes[f"block{index}.projection.weight"] = (DIM, HEADS * 2 * (DV + DQK))
        shapes[f"block{index}.positionBias"] = (MAX_LENGTH,)
        if use_time:
            shapes[f"block{index}.timeBias"] = (reference.TIME_BUCKETS,)
        shapes[f"block{index}.output.weight"] = (HEADS * DV, DIM)
        shapes[f"block{index}.output.bias"] = (DIM,)
    return shapes


def sasrec_case(name, seed, optimizers=(), dropout=False):
    generator = generator_of(seed)
    parameters, inputs = draw(generator, sasrec_shapes()), sequence_inputs(generator)
    if dropout:
        row = (BATCH, LENGTH, DIM)
        inputs |= masks_of(generator, [row] + [(BATCH, HEADS, LENGTH, LENGTH), row, row, row] * BLOCKS)

    def run(p, given):
        hidden = reference.sasrec_hidden(p, given["items"], heads=HEADS, blocks=BLOCKS, masks=masks_in(given))
        scores = reference.all_scores(hidden, p["itemEmbedding"])
        return scores, reference.full_softmax(scores, given["targets"])

    config = {"seed": seed, "heads": HEADS, "blocks": BLOCKS, "dim": DIM, "maxLength": MAX_LENGTH, "items": V}
    return Case(name, config, parameters, inputs, run, optimizers)


def hstu_case(name, seed, optimizers=(), use_time=False, scoring="dot", dropout=False):
    generator = generator_of(seed)
    parameters, inputs = draw(generator, hstu_shapes(use_time)), sequence_inputs(generator)
    if use_time:
        inputs["timestamps"] = timestamps(generator)
    if dropout:
        inputs |= masks_of(generator, [(BATCH, LENGTH, DIM)] + [(BATCH, LENGTH, HEADS * DV)] * BLOCKS)
    temperature = TEMPERATURE if scoring == "cosine" else 1.0
    sizes = {"heads": HEADS, "dqk": DQK, "dv": DV, "blocks": BLOCKS}

    def run(p, given):
        hidden = reference.hstu_hidden(
            p, given["items"], given.get("timestamps"), max_length=MAX_LENGTH, masks=masks_in(given), **sizes
        )
        scores = reference.all_scores(hidden, p["itemEmbedding"], scoring, temperature)
        return scores, reference.full_softmax(scores, given["targets"])

    config = {"seed": seed, **sizes, "dim": DIM, "maxLength": MAX_LENGTH, "items": V, "useTime": use_time}
    return Case(name, config | {"scoring": scoring, "temperature": temperature}, parameters, inputs, run, optimizers)


def loss_case(kind, seed):
    """A loss over a plain hidden [B, L, D], which is a parameter here so that its gradient is in the file."""
    generator = generator_of(seed)
    parameters = draw(generator, {"hidden": (BATCH, LENGTH, DIM), "itemEmbedding": (V + 1, DIM)})
    parameters["hidden"] *= 3
    inputs = {"targets": sequence_inputs(generator)["targets"]}
    config = {"seed": seed, "loss": kind, "items": V}
    scoring, temperature = ("cosine", TEMPERATURE) if kind.endswith("cosine") else ("dot", 1.0)
    if kind.startswith("sampled-softmax"):
        inputs["negatives"] = torch.tensor([2, 5, 5, 7, 11], dtype=torch.int32)
        item_log_q = torch.log_softmax(torch.randn(V + 1, generator=generator), 0)
        inputs["targetLogQ"] = torch.where(inputs["targets"] != 0, item_log_q[inputs["targets"].long()], 0.0)
        inputs["negativeLogQ"] = item_log_q[inputs["negatives"].long()]
        assert bool((inputs["negatives"] == inputs["targets"][..., None]).any()), "no negative meets its target"
        config |= {"scoring": scoring, "temperature": temperature}
    elif kind == "bce":
        inputs["negatives"] = torch.randint(1, V + 1, (BATCH, LENGTH), generator=generator, dtype=torch.int32)
    elif kind == "gbce":
        inputs["negatives"] = torch.randint(1, V + 1, (BATCH, LENGTH, 4), generator=generator, dtype=torch.int32)
        config |= {"t": 0.75, "negatives": 4, "beta": reference.gbce_beta(4, V, 0.75)}

    def run(p, given):
        hidden, table, targets = p["hidden"], p["itemEmbedding"], given["targets"]
        if kind == "full-softmax":
            scores = reference.all_scores(hidden, table)
            return scores, reference.full_softmax(scores, targets)
        if kind == "bce":
            return None, reference.bce(hidden, table, targets, given["negatives"])
        if kind == "gbce":
            return None, reference.gbce(hidden, table, targets, given["negatives"], 0.75)
        return None, reference.sampled_softmax(
            hidden, table, targets, given["negatives"], given["targetLogQ"], given["negativeLogQ"], scoring, temperature
        )

    return Case(f"loss-{kind}", config, parameters, inputs, run)


def mlp_case(seed, optimizers):
    """The case, and three further batches, one a step, for the optimizers that touch only the rows of their batch."""
    fields, rows, width, inner, batch = 4, 7, 3, 6, 5
    shapes = {f"field{index}.embedding": (rows, width) for index in range(fields)}
    shapes |= {"hidden0.weight": (fields * width, inner), "hidden0.bias": (inner,)}
    shapes |= {"output.weight": (inner, 1), "output.bias": (1,)}
    generator = generator_of(seed)
    parameters = draw(generator, shapes)
    inputs = {
        "fields": torch.randint(0, rows, (batch, fields), generator=generator, dtype=torch.int32),
        "labels": torch.tensor([1, 0, 0, 1, 0], dtype=torch.float32),
    }

    def run(p, given):
        scores = reference.mlp_scores(p, given["fields"], hidden_layers=1)
        return scores, reference.bce_with_logits(scores, given["labels"])

    config = {"seed": seed, "fields": fields, "hiddenLayers": 1}
    return Case("mlp", config, parameters, inputs, run, optimizers), [
        inputs | {"fields": torch.randint(0, rows, (batch, fields), generator=generator, dtype=torch.int32)}
        for _ in range(3)
    ]


LIST_LOSSES = {
    "bce": (list_losses.pointwise_cross_entropy, {}),
    "softmax": (list_losses.softmax_cross_entropy, {}),
    "list-mle": (list_losses.list_mle, {}),
    "p-list-mle": (list_losses.p_list_mle, {"discount": "exponential"}),
    "p-list-mle-logarithmic": (list_losses.p_list_mle, {"discount": "logarithmic"}),
    "list-net": (list_losses.list_net, {}),
    "approx-ndcg": (list_losses.approx_ndcg, {"temperature": 0.5}),
    "approx-ndcg-truncated": (list_losses.approx_ndcg, {"temperature": 0.5, "truncation": 3}),
    "lambda-loss": (list_losses.lambda_loss, {"mu": 10.0}),
    "lambda-loss-truncated": (list_losses.lambda_loss, {"mu": 2.0, "sigma": 1.5, "truncation": 3}),
    "lambda-rank": (list_losses.lambda_loss, {"mu": 0.0}),
    "jrc": (list_losses.joint_ranking_calibration, {"calibration": 0.3}),
}


def list_loss_case(name, seed):
    """Lists of 8 places: full, ragged at the end and in the middle, without a positive, of one place, of none, all tied."""
    loss, options = LIST_LOSSES[name]
    generator = generator_of(seed)
    lists, places = 9, 8
    two = (2,) if name == "jrc" else ()
    scores = torch.randn((lists, places, *two), generator=generator, dtype=torch.float64) * 1.5
    scores[0, 3] = scores[0, 1]  # equal scores
    labels = torch.randint(0, 4, (lists, places), generator=generator).to(torch.float32)
    labels[1] = (torch.rand(places, generator=generator) < 0.3).to(torch.float32)  # clicks
    labels[1, 2] = 1
    mask = torch.ones(lists, places)
    mask[2, 5:] = 0
    mask[3, [1, 2, 6]] = 0
    labels[4] = 0
    mask[5] = 0
    mask[5, 3] = 1
    labels[5, 3] = 2
    mask[6] = 0
    labels[7] = 1
    labels[8] = torch.tensor([5, 0, 3, 1, 4, 0.5, 2, 0.25])  # no ties but one, and soft labels
    weights = torch.rand((lists, places), generator=generator) * 3
    weights[0] = 1
    list_weights = torch.rand(lists, generator=generator) * 2
    parameters = {"scores": scores.to(torch.float32)}
    inputs = {"labels": labels, "mask": mask, "weights": weights, "listWeights": list_weights}

    def run(p, given):
        values = list_losses.of_lists(
            lambda *kept: loss(*kept, **options),
            p["scores"],
            given["labels"],
            given["mask"],
            given["weights"],
            given["listWeights"],
        )
        return {"lists": values}, values.mean()

    return Case(f"list-loss-{name}", {"seed": seed, "loss": name} | options, parameters, inputs, run)


def sparse_case():
    return mlp_case(20, ("sgd", "adam", "adamw", "adagrad"))


def all_cases():
    return [
        sasrec_case("sasrec", 1, ("adam",)),
        sasrec_case("sasrec-dropout", 2, dropout=True),
        hstu_case("hstu", 3, ("adam", "adagrad", "sgd-clip")),
        hstu_case("hstu-dropout", 4, dropout=True),
        hstu_case("hstu-time-cosine", 5, ("adam",), use_time=True, scoring="cosine"),
        *(
            loss_case(kind, 10 + index)
            for index, kind in enumerate(
                ("full-softmax", "sampled-softmax", "sampled-softmax-cosine", "bce", "gbce")
            )
        ),
        sparse_case()[0],
        *(list_loss_case(name, 30 + index) for index, name in enumerate(LIST_LOSSES)),
        *(Case(*parts) for parts in multi_task_reference.golden_parts(draw, generator_of)),
        Case(*ranker_reference.golden_parts(draw, generator_of)),
        *(Case(*parts) for parts in target_attention.golden_parts(draw, generator_of)),
    ]
