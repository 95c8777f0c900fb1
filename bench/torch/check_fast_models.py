"""Checks that the timed models compute what the goldens say: a peer that does less work would be no peer.

    python bench/torch/check_fast_models.py
"""

import itertools
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

import fast_models
import fast_ranker
import ranker_reference

GOLDENS = Path(__file__).resolve().parents[2] / "src" / "learn" / "models" / "goldens"


def put(module, golden, name):
    """Copies a dense layer or a norm; torch stores weights [out, in]."""
    with torch.no_grad():
        if f"parameter/{name}.weight" in golden:
            module.weight.copy_(golden[f"parameter/{name}.weight"].t())
        else:
            module.weight.copy_(golden[f"parameter/{name}.scale"])
        if module.bias is not None:
            offset = f"parameter/{name}.bias"
            module.bias.copy_(golden[offset if offset in golden else f"parameter/{name}.offset"])


def put_embeddings(model, golden):
    with torch.no_grad():
        model.item_embedding.weight.copy_(golden["parameter/itemEmbedding"])
        model.position_embedding.weight.copy_(golden["parameter/positionEmbedding"])


def sasrec(golden, attention):
    model = fast_models.SASRec(11, 9, 8, 2, 2, 0.0, attention).eval()
    put_embeddings(model, golden)
    for index, block in enumerate(model.blocks):
        name = f"block{index}"
        put(block.attention_norm, golden, f"{name}.attentionNorm")
        put(block.feed_forward_norm, golden, f"{name}.feedForwardNorm")
        put(block.output, golden, f"{name}.attention.output")
        put(block.inner, golden, f"{name}.feedForward.inner")
        put(block.outer, golden, f"{name}.feedForward.outer")
        parts = [f"parameter/{name}.attention.{part}" for part in ("query", "key", "value")]
        with torch.no_grad():
            block.query_key_value.weight.copy_(torch.cat([golden[f"{part}.weight"].t() for part in parts]))
            block.query_key_value.bias.copy_(torch.cat([golden[f"{part}.bias"] for part in parts]))
    put(model.final_norm, golden, "finalNorm")
    return model


def hstu(golden):
    model = fast_models.HSTU(11, 9, 8, 2, 3, 4, 2, 0.0).eval()
    put_embeddings(model, golden)
    for index, layer in enumerate(model.layers):
        with torch.no_grad():
            layer.projection.weight.copy_(golden[f"parameter/block{index}.projection.weight"].t())
            layer.position_bias.copy_(golden[f"parameter/block{index}.positionBias"])
        put(layer.output, golden, f"block{index}.output")
    return model


def mlp(golden):
    model = fast_models.MLP(4, 7, 3, [6], sparse=False)
    with torch.no_grad():
        model.tables.weight.copy_(torch.cat([golden[f"parameter/field{index}.embedding"] for index in range(4)]))
    put(model.hidden_layers[0], golden, "hidden0")
    put(model.output, golden, "output")
    return model


def ranker(golden):
    """The timed ranker with the golden's parameters; weights are [in, out] there."""
    p = {name.removeprefix("parameter/"): value for name, value in golden.items() if name.startswith("parameter/")}
    sizes, tasks = ranker_reference.SIZES, ranker_reference.TASKS
    size = ranker_reference.VOCABULARY | {
        "dim": sizes["dim"], "maxLength": sizes["max_length"], "blocks": sizes["blocks"], "heads": sizes["heads"],
        "dqk": sizes["dqk"], "dv": sizes["dv"], "tasks": len(tasks), "own": sizes["experts"], "shared": sizes["shared"],
        "width": sizes["dim"], "tower": 3, "dense": ranker_reference.DENSE, "content": ranker_reference.CONTENT,
    }  # fmt: skip
    model = fast_ranker.Ranker(size)
    experts = [f"level0.{task}.expert{i}.hidden0" for task in tasks for i in range(sizes["experts"])]
    experts += [f"level0.shared.expert{i}.hidden0" for i in range(sizes["shared"])]
    towers = [f"tower.{task}" for task in tasks]
    values = {
        "ids.weight": p["content.id"],
        "kinds.weight": p["content.kind"],
        "authors.weight": p["content.author"],
        "topics.weight": p["content.topic"],
        "dense.0.weight": p["embedding.dense0.weight"].t(),
        "dense.0.bias": p["embedding.dense0.bias"],
        "dense.1.weight": p["embedding.dense1.weight"].t(),
        "dense.1.bias": p["embedding.dense1.bias"],
        "moment.weight": p["embedding.moment.weight"].t(),
        "grams.weight": p["content.gram"],
        "subject_text.weight": p["content.subjectText.weight"].t(),
        "query_text.weight": p["content.queryText.weight"].t(),
        "candidate_surface": p["embedding.candidateSurface"],
        "candidate_gap": p["embedding.candidateGap"],
        "ple.experts.weight": torch.cat([p[f"{name}.weight"].t() for name in experts]),
        "ple.experts.bias": torch.cat([p[f"{name}.bias"] for name in experts]),
        "ple.gates.weight": torch.cat([p[f"level0.{task}.gate.weight"].t() for task in tasks]),
        "ple.hidden_weight": torch.stack([p[f"{name}.hidden0.weight"] for name in towers]),
        "ple.hidden_bias": torch.stack([p[f"{name}.hidden0.bias"] for name in towers])[:, None],
        "ple.output_weight": torch.stack([p[f"{name}.output.weight"] for name in towers]),
        "ple.output_bias": torch.stack([p[f"{name}.output.bias"] for name in towers])[:, None],
        "domain_rows": model.domain_rows,
    } | {name: p[f"embedding.{name}"] for name in ("action", "value", "domain", "surface", "gap")}
    for index in range(sizes["blocks"]):
        block, name = f"encoder.block{index}", f"blocks.{index}"
        values |= {
            f"{name}.projection.weight": p[f"{block}.projection"].t(),
            f"{name}.output.weight": p[f"{block}.output"].t(),
            f"{name}.output.bias": p[f"{block}.outputBias"],
            f"{name}.position_bias": p[f"{block}.positionBias"],
            f"{name}.time_bias": p[f"{block}.timeBias"],
        }
    model.load_state_dict(values)
    return model


def ranker_distances():
    golden = load_file(GOLDENS / "ranker-hstu-ple.safetensors")
    inputs = {name.removeprefix("input/"): value for name, value in golden.items() if name.startswith("input/")}
    given = {name: value if value.is_floating_point() else value.long() for name, value in inputs.items()}
    model = ranker(golden)
    yield "ranker", float((model(given).detach().t() - golden["output/scores"]).abs().max())
    weights = golden["output/scores"].new_tensor(ranker_reference.multi_task_reference.WEIGHTS)
    losses = torch.nn.functional.binary_cross_entropy_with_logits(model(given), given["labels"].t(), reduction="none")
    masks = given["masks"].t()
    loss = (weights * (losses * masks).sum(1) / masks.sum(1)).sum()
    loss.backward()
    yield "ranker, loss", float((loss.detach() - golden["loss"]).abs())
    for ours, name in (("ids.weight", "content.id"), ("blocks.0.time_bias", "encoder.block0.timeBias")):
        yield f"ranker, gradient {name}", float((model.get_parameter(ours).grad - golden[f"gradient/{name}"]).abs().max())


@torch.no_grad()
def distances():
    for name, build in (
        ("sasrec", lambda golden: sasrec(golden, "matmul")),
        ("sasrec", lambda golden: sasrec(golden, "sdpa")),
        ("hstu", hstu),
    ):
        golden = load_file(GOLDENS / f"{name}.safetensors")
        model, items = build(golden), golden["input/items"]
        scores = model.hidden(items.long()) @ model.item_embedding.weight[1:].t()
        yield name, float((scores - golden["output/scores"])[items != 0].abs().max())
    golden = load_file(GOLDENS / "mlp.safetensors")
    loss = mlp(golden)(golden["input/fields"].long(), golden["input/labels"])
    yield "mlp", float((loss - golden["loss"]).abs())
    for kind in ("dot", "cosine"):
        golden = load_file(GOLDENS / f"loss-sampled-softmax{'-cosine' if kind == 'cosine' else ''}.safetensors")
        yield f"sampled softmax, {kind}", float((sampled_softmax(golden, kind) - golden["loss"]).abs())


def sampled_softmax(golden, scoring):
    """HSTU's loss over the golden's hidden, valid positions alone: the timed model has no others."""
    model = fast_models.HSTU(11, 9, 8, 2, 3, 4, 2, 0.0, scoring)
    with torch.no_grad():
        model.item_embedding.weight.copy_(golden["parameter/itemEmbedding"])
    valid = golden["input/targets"] != 0
    model.hidden = lambda _: golden["parameter/hidden"][valid][None]
    targets, negatives = golden["input/targets"][valid].long(), golden["input/negatives"].long()
    return model(None, targets, negatives, golden["input/targetLogQ"][valid], golden["input/negativeLogQ"])


def main():
    worst = 0.0
    for name, distance in itertools.chain(distances(), ranker_distances()):
        print(f"{name:24} {distance:.1e}")
        worst = max(worst, distance)
    return 0 if worst < 1e-4 else 1


if __name__ == "__main__":
    sys.exit(main())
