"""DIN and SIM written straight from their equations over a dictionary of named tensors, and their golden cases.

Everything is concatenated and projected as the papers do, where src/learn/models/ranking splits weights and moves
projections. B batch, L length, C candidates, K found, D dim.
"""

import math

import torch

BATCH, LENGTH, COUNT, DIM, FOUND = 3, 7, 4, 6, 3
HIDDEN = (5, 4)
HEADS, HEAD_DIM, TIME_DIM, SEARCH_DIM, BUCKETS = 2, 4, 3, 5, 64


def dense(p, name, x):
    return x @ p[f"{name}.weight"] + p.get(f"{name}.bias", 0)


def dice(p, name, x):
    """Zhou et al. 2018, eq. 3, about a learned mean and variance."""
    deviation = torch.sqrt(torch.exp(p[f"{name}.logVariance"]) + 1e-8)
    share = torch.sigmoid((x - p[f"{name}.mean"]) / deviation)
    return share * x + (1 - share) * p[f"{name}.slope"] * x


def pairs(history, candidates):
    """[B, L, D] and [B, C, D] to [B, C, L, D] each."""
    shape = (candidates.shape[0], candidates.shape[1], history.shape[1], history.shape[2])
    return history[:, None].expand(shape), candidates[:, :, None].expand(shape)


def relative_gaps(since):
    return since.clamp(min=1).to(torch.float64).log() / math.log(30 * 86_400)


def activation_unit(p, name, given, h, c):
    gaps = relative_gaps(given["candidateSeconds"][:, :, None] - given["actionSeconds"][:, None]).to(h.dtype)
    x = torch.cat([h, c, h * c, gaps[..., None]], -1)
    first = f"{name}activation.hidden0"
    weight = torch.cat([p[f"{first}.action"], p[f"{first}.candidate"], p[f"{first}.product"], p[f"{first}.gap"]])
    x = dice(p, f"{first}.dice", x @ weight + p[f"{first}.bias"])
    for layer in range(1, len(HIDDEN)):
        at = f"{name}activation.hidden{layer}"
        x = dice(p, f"{at}.dice", dense(p, f"{at}.linear", x))
    return dense(p, f"{name}activation.weight", x)[..., 0]


def visible_mask(given, length):
    return torch.arange(length)[None, None] < given["visible"][:, :, None]


def din(p, given, pooling, name=""):
    h, c = pairs(p["actions"], p["candidates"])
    weights = activation_unit(p, name, given, h, c)
    mask = visible_mask(given, h.shape[2])
    if pooling == "sum":
        weights = torch.where(mask, weights, 0)
    else:
        weights = torch.softmax(torch.where(mask, weights, -1e30), -1) * mask
    interest = (weights[..., None] * h).sum(2)
    return dense(p, f"{name}output", torch.cat([interest, p["candidates"]], -1))


def exact_search(p, candidates, found, gaps, mask):
    """Pi et al. 2020, eq. 6-8: every found action is projected, head by head."""
    z = torch.cat([found, p["exactSearch.interval"][gaps.long()]], -1)
    query = (candidates @ p["exactSearch.query.weight"]).unflatten(-1, (HEADS, HEAD_DIM))
    key = (z @ p["exactSearch.key"]).unflatten(-1, (HEADS, HEAD_DIM))
    heads = []
    for head in range(HEADS):
        scores = (query[:, :, None, head] * key[:, :, :, head]).sum(-1) / math.sqrt(HEAD_DIM)
        weights = torch.softmax(torch.where(mask, scores, -1e30), -1) * mask
        heads.append((weights[..., None] * z).sum(2))
    return dense(p, "exactSearch.output", torch.cat(heads, -1))


def sim(p, given, found, gaps, mask):
    short = din(p, given, "sum", "window.")
    long = exact_search(p, p["candidates"], found, gaps, mask)
    return dense(p, "output", torch.cat([long, short, p["candidates"]], -1))


def sim_hard(p, given):
    found = p["foundActions"][given["places"].long()]
    return {"encoded": sim(p, given, found, given["intervals"], given["places"] > 0)}


def sim_soft(p, given):
    """Eq. 1-2: relevance, the K best of the visible, and the auxiliary click model over all of them."""
    actions, candidates, visible = p["actions"], p["candidates"], given["visible"]
    to_action = actions @ p["softSearch.action.weight"]
    to_candidate = candidates @ p["softSearch.candidate.weight"]
    scores = torch.einsum("bcs,bls->bcl", to_candidate, to_action) / math.sqrt(SEARCH_DIM)
    mask = visible_mask(given, actions.shape[1])
    chosen = torch.where(mask, scores, -1e30).topk(FOUND, -1).indices
    rows = torch.arange(actions.shape[0])[:, None, None]
    gaps = given["candidateSeconds"][:, :, None] - given["actionSeconds"][rows, chosen]
    buckets = (gaps.clamp(min=1).to(torch.float64).log() / 0.301).floor().clamp(0, BUCKETS - 1)
    shares = torch.where(mask, scores, 0) / visible.clamp(min=1)[..., None]
    pooled = torch.einsum("bcl,bld->bcd", shares, actions)
    inner = torch.relu(dense(p, "softSearch.auxiliary.hidden0", torch.cat([pooled, candidates], -1)))
    auxiliary = dense(p, "softSearch.auxiliary.output", inner)[..., 0]
    found_mask = torch.arange(FOUND)[None, None] < visible[..., None]
    return {"encoded": sim(p, given, actions[rows, chosen], buckets, found_mask), "auxiliary": auxiliary}


def din_shapes(name=""):
    first = f"{name}activation.hidden0"
    shapes = {f"{first}.{part}": (DIM, HIDDEN[0]) for part in ("action", "candidate", "product")}
    shapes |= {f"{first}.gap": (1, HIDDEN[0]), f"{first}.bias": (HIDDEN[0],)}
    for layer, width in enumerate(HIDDEN):
        at = f"{name}activation.hidden{layer}"
        shapes |= {f"{at}.dice.{part}": (width,) for part in ("mean", "logVariance", "slope")}
        if layer > 0:
            shapes |= {f"{at}.linear.weight": (HIDDEN[layer - 1], width), f"{at}.linear.bias": (width,)}
    shapes |= {f"{name}activation.weight.weight": (HIDDEN[-1], 1), f"{name}activation.weight.bias": (1,)}
    return shapes | {f"{name}output.weight": (2 * DIM, DIM), f"{name}output.bias": (DIM,)}


def sim_shapes():
    width = DIM + TIME_DIM
    shapes = din_shapes("window.") | {"output.weight": (3 * DIM, DIM), "output.bias": (DIM,)}
    shapes |= {"exactSearch.interval": (BUCKETS, TIME_DIM), "exactSearch.query.weight": (DIM, HEADS * HEAD_DIM)}
    shapes |= {"exactSearch.key": (width, HEADS * HEAD_DIM), "exactSearch.output.weight": (HEADS * width, DIM)}
    return shapes | {"exactSearch.output.bias": (DIM,)}


def soft_shapes():
    shapes = {"softSearch.action.weight": (DIM, SEARCH_DIM), "softSearch.candidate.weight": (DIM, SEARCH_DIM)}
    shapes |= {"softSearch.auxiliary.hidden0.weight": (2 * DIM, 4), "softSearch.auxiliary.hidden0.bias": (4,)}
    return shapes | {"softSearch.auxiliary.output.weight": (4, 1), "softSearch.auxiliary.output.bias": (1,)}


def seconds(generator):
    """Times of actions and pages, gaps from seconds to months; no gap on a bucket's edge."""
    gaps = torch.exp(torch.rand(BATCH, LENGTH, generator=generator, dtype=torch.float64) * 13).long() + 2
    actions = gaps.cumsum(1) - gaps[:, :1]
    visible = torch.tensor([[7, 7, 3, 0], [2, 5, 6, 1], [4, 4, 1, 7]])
    before = torch.cat([torch.zeros(BATCH, 1, dtype=torch.long), actions], 1)
    pages = before.gather(1, visible) + torch.randint(3, 90_000, (BATCH, COUNT), generator=generator)
    ratio = (pages[:, :, None] - actions[:, None]).clamp(min=1).double().log() / 0.301
    assert float((ratio - ratio.round()).abs()[ratio > 0].min()) > 1e-4, "a gap on a bucket's edge: choose another seed"
    kinds = {"actionSeconds": actions, "candidateSeconds": pages, "visible": visible}
    return {name: value.to(torch.int32) for name, value in kinds.items()}


def golden_parts(draw, generator_of):
    """Yields (name, config, parameters, inputs, run) for `golden_cases`."""
    tokens = {"actions": (BATCH, LENGTH, DIM), "candidates": (BATCH, COUNT, DIM)}
    cases = {
        "din": (50, din_shapes(), lambda p, given: {"encoded": din(p, given, "sum")}),
        "din-softmax": (51, din_shapes(), lambda p, given: {"encoded": din(p, given, "softmax")}),
        "sim-hard": (52, sim_shapes() | {"foundActions": (9, DIM)}, sim_hard),
        "sim-soft": (53, sim_shapes() | soft_shapes(), sim_soft),
    }
    for name, (seed, shapes, outputs) in cases.items():
        generator = generator_of(seed)
        parameters = draw(generator, tokens | shapes)
        for token in ("actions", "candidates", "foundActions"):
            if token in parameters:
                parameters[token] = parameters[token] * 3
        inputs = seconds(generator)
        inputs["weights"] = torch.randn(BATCH, COUNT, DIM, generator=generator, dtype=torch.float64).to(torch.float32)
        if name == "sim-hard":
            inputs["places"] = torch.randint(1, 9, (BATCH, COUNT, FOUND), generator=generator, dtype=torch.int32)
            inputs["places"][0, 1, 2] = inputs["places"][1, 0, 1] = inputs["places"][1, 0, 2] = 0
            inputs["places"][2, 3] = 0  # nothing found
            inputs["intervals"] = torch.randint(
                0, BUCKETS, (BATCH, COUNT, FOUND), generator=generator, dtype=torch.int32
            )

        def run(p, given, outputs=outputs):
            results = outputs(p, given)
            loss = (results["encoded"] * given["weights"]).mean()
            if "auxiliary" in results:
                loss = loss + torch.nn.functional.softplus(results["auxiliary"]).mean()
            return results, loss

        yield name, {"seed": seed}, parameters, inputs, run
