"""Checks that the timed models compute what the goldens say: a peer that does less work would be no peer.

    python bench/torch/check_fast_models.py
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

import fast_models

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
    for name, distance in distances():
        print(f"{name:24} {distance:.1e}")
        worst = max(worst, distance)
    return 0 if worst < 1e-4 else 1


if __name__ == "__main__":
    sys.exit(main())
