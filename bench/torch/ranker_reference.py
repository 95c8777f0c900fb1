"""HSTU as a ranker with PLE on top, straight from the equations over a dictionary of named tensors, and its golden case.

R rows, L actions, C candidates a row, D dim, E examples. Sources stand beside the equations in src/learn/models/ranking.
"""

import torch

import multi_task_reference
import reference

TIME_BUCKETS = 64
TASKS = multi_task_reference.TASKS
EPSILON = reference.PLAIN_NORM_EPSILON
SIZES = {"dim": 6, "heads": 2, "dqk": 3, "dv": 4, "blocks": 2, "max_length": 8, "experts": 1, "shared": 2}
VOCABULARY = {"actions": 4, "domains": 2, "domainOfAction": [0, 1, 1, 0], "surfaces": 3, "kinds": 2}
# Of `denseReader`, of `momentReader`, and of a subject's topics.
DENSE, MOMENT, TOPICS = 35, 3 * (VOCABULARY["actions"] + 1) + 6, 8
CONTENT = {"idBuckets": 7, "authorBuckets": 3, "topicBuckets": 6, "gramBuckets": 9, "gramsMax": 4, "gramDimension": 5}


def sum_of_rows(table, rows):
    return (table[rows] * (rows > 0).to(table.dtype)[..., None]).sum(1)


def mean_of_grams(table, grams):
    return sum_of_rows(table, grams) / (grams > 0).to(table.dtype).sum(1, keepdim=True).clamp(min=1)


def feature_vectors(p, given):
    """Features of candidates and of the moment of each one's page."""
    moments = (given["pages/moments"] @ p["embedding.moment.weight"]).flatten(0, 1)[given["candidates/pages"]]
    hidden = silu(given["candidates/dense"] @ p["embedding.dense0.weight"] + p["embedding.dense0.bias"] + moments)
    return hidden @ p["embedding.dense1.weight"] + p["embedding.dense1.bias"]


def content_vectors(p, given):
    """Vectors of the batch's subjects and queries, row 0 for none."""
    grams = p["content.gram"]
    subjects = (
        p["content.id"][given["subjects/ids"]]
        + p["content.kind"][given["subjects/kinds"]]
        + p["content.author"][given["subjects/authors"]]
        + sum_of_rows(p["content.topic"], given["subjects/topics"])
        + mean_of_grams(grams, given["subjects/grams"]) @ p["content.subjectText.weight"]
    )
    return subjects, mean_of_grams(grams, given["queries/grams"]) @ p["content.queryText.weight"]


def tokens(p, given):
    """Actions [R, L, D] and candidates [R, C, D]."""
    subjects, queries = content_vectors(p, given)
    history = {name: given[f"history/{name}"] for name in ("subjects", "queries", "actions", "surfaces", "gaps", "values")}
    asked = {name: given[f"candidates/{name}"] for name in ("subjects", "queries", "surfaces", "gaps")}
    domain_rows = torch.tensor([0, *(code + 1 for code in VOCABULARY["domainOfAction"])])
    actions = (
        subjects[history["subjects"]]
        + queries[history["queries"]]
        + (p["embedding.action"] + p["embedding.domain"][domain_rows])[history["actions"]]
        + p["embedding.surface"][history["surfaces"]]
        + p["embedding.gap"][history["gaps"]]
        + p["embedding.value"][history["actions"]] * history["values"][..., None]
    )
    candidates = (
        subjects[asked["subjects"]]
        + queries[asked["queries"]]
        + p["embedding.candidateSurface"][asked["surfaces"]]
        + p["embedding.candidateGap"][asked["gaps"]]
        + feature_vectors(p, given)
    )
    return actions, candidates


def buckets(seconds):
    gaps = seconds.to(torch.float32).clamp(min=1)
    return (gaps.log() / 0.301).floor().long().clamp(0, TIME_BUCKETS - 1)


def silu(x):
    return x * torch.sigmoid(x)


def hstu_candidates(p, given, actions, candidates, *, heads, dqk, dv, blocks, max_length, **_):
    """Candidates in the light of the visible history and of themselves: [R, C, D]."""
    length = actions.shape[1]
    seconds, asked, visible = given["history/seconds"], given["candidates/seconds"], given["candidates/visible"]
    places = torch.arange(length)
    back = places[:, None] - places
    ahead = visible[..., None] - places
    of_actions = back.clamp(0, max_length), buckets(seconds[:, :, None] - seconds[:, None]), back >= 0
    of_candidates = ahead.clamp(0, max_length), buckets(asked[..., None] - seconds[:, None]), ahead > 0
    for index in range(blocks):
        block = f"encoder.block{index}"
        position, time = p[f"{block}.positionBias"], p[f"{block}.timeBias"]

        def parts(x):
            mixed = silu(reference.layer_norm(x, epsilon=EPSILON) @ p[f"{block}.projection"])
            u, v, q, k = mixed.split([heads * dv, heads * dv, heads * dqk, heads * dqk], dim=-1)
            return u, *(reference.heads_first(part, heads) for part in (v, q, k))

        def attend(q, k, v, where):
            distances, gaps, seen = where
            bias = time[gaps] + position[distances]
            return (silu(q @ k.transpose(-1, -2) + bias[:, None]) * seen.to(q.dtype)[..., None, :, :]) @ v / max_length

        def finish(x, u, attended):
            gated = u * reference.layer_norm(reference.heads_last(attended), epsilon=EPSILON)
            return x + gated @ p[f"{block}.output"] + p[f"{block}.outputBias"]

        u, v, q, k = parts(candidates)
        past_u, past_v, past_q, past_k = parts(actions)
        own = silu((q * k).sum(-1, keepdim=True) + position[0] + time[0]) * v / max_length
        candidates = finish(candidates, u, attend(q, past_k, past_v, of_candidates) + own)
        actions = finish(actions, past_u, attend(past_q, past_k, past_v, of_actions))
    return candidates


def logits_of(p, given):
    """[E, tasks]."""
    given = {name: value if value.is_floating_point() else value.long() for name, value in given.items()}
    states = hstu_candidates(p, given, *tokens(p, given), **SIZES)
    x = reference.layer_norm(states.flatten(0, 1)[given["examples"]], epsilon=EPSILON)
    representations = multi_task_reference.ple(p, x, 1, SIZES["experts"], SIZES["shared"])
    return torch.stack([multi_task_reference.tower(p, task, h) for task, h in zip(TASKS, representations)], 1)


def shapes():
    dim, heads, dqk, dv = SIZES["dim"], SIZES["heads"], SIZES["dqk"], SIZES["dv"]
    width = CONTENT["gramDimension"]
    found = {
        "content.id": (CONTENT["idBuckets"] + 2, dim),
        "content.kind": (VOCABULARY["kinds"] + 1, dim),
        "content.author": (CONTENT["authorBuckets"] + 2, dim),
        "content.topic": (CONTENT["topicBuckets"] + 1, dim),
        "content.gram": (CONTENT["gramBuckets"] + 1, width),
        "content.subjectText.weight": (width, dim),
        "content.queryText.weight": (width, dim),
        "embedding.action": (VOCABULARY["actions"] + 1, dim),
        "embedding.domain": (VOCABULARY["domains"] + 1, dim),
        "embedding.value": (VOCABULARY["actions"] + 1, dim),
        "embedding.dense0.weight": (DENSE, dim),
        "embedding.dense0.bias": (dim,),
        "embedding.dense1.weight": (dim, dim),
        "embedding.dense1.bias": (dim,),
        "embedding.moment.weight": (MOMENT, dim),
    }
    found |= {f"embedding.{name}": (VOCABULARY["surfaces"], dim) for name in ("surface", "candidateSurface")}
    found |= {f"embedding.{name}": (TIME_BUCKETS, dim) for name in ("gap", "candidateGap")}
    for index in range(SIZES["blocks"]):
        found |= {
            f"encoder.block{index}.projection": (dim, 2 * heads * (dqk + dv)),
            f"encoder.block{index}.output": (heads * dv, dim),
            f"encoder.block{index}.outputBias": (dim,),
            f"encoder.block{index}.positionBias": (SIZES["max_length"] + 1,),
            f"encoder.block{index}.timeBias": (TIME_BUCKETS,),
        }
    trunk = {
        name: (dim, *shape[1:]) if shape[0] == multi_task_reference.DIM else shape
        for name, shape in multi_task_reference.ple_shapes([[dim]], SIZES["experts"], SIZES["shared"]).items()
    }
    return found | trunk | multi_task_reference.tower_shapes(dim, [3])


def golden_inputs(generator):
    """Three rows: histories of 5, 3 and 0 actions; pages that see all, some and none of them; one row with fewer candidates."""
    rows, length, count, subjects, queries = 3, 5, 4, 6, 3
    lengths = torch.tensor([5, 3, 0])
    valid = torch.arange(length) < lengths[:, None]

    def draw_int(high, *shape):
        return torch.randint(0, high, shape, generator=generator, dtype=torch.int32)

    def grams(number, buckets=CONTENT["gramBuckets"], most=CONTENT["gramsMax"]):
        drawn = draw_int(buckets, number, most) + 1
        kept = torch.arange(most) < draw_int(most, number, 1) + 1
        return torch.where(kept, drawn, 0).to(torch.int32) * (torch.arange(number) > 0).to(torch.int32)[:, None]

    def column(number):
        return draw_int(number, subjects) * (torch.arange(subjects) > 0).to(torch.int32)

    def history(value):
        return torch.where(valid, value, torch.zeros_like(value))

    seconds = (torch.rand(rows, length, generator=generator) * 12).exp().cumsum(1).to(torch.int32)
    # Two pages a row, which candidates are on in no order.
    visible = torch.tensor([[5, 2], [3, 1], [0, 0]], dtype=torch.int32)
    page_seconds = seconds.amax(1, keepdim=True) + draw_int(100_000, rows, 2)
    on_page = torch.tensor([[0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1]])
    return {
        "subjects/ids": column(CONTENT["idBuckets"] + 2),
        "subjects/kinds": column(VOCABULARY["kinds"] + 1),
        "subjects/authors": column(CONTENT["authorBuckets"] + 2),
        "subjects/grams": grams(subjects),
        "queries/grams": grams(queries),
        "history/subjects": history(draw_int(subjects, rows, length)),
        "history/actions": history(draw_int(VOCABULARY["actions"], rows, length) + 1),
        "history/surfaces": history(draw_int(VOCABULARY["surfaces"], rows, length)),
        "history/queries": history(draw_int(queries, rows, length)),
        "history/gaps": history(draw_int(TIME_BUCKETS, rows, length)),
        "history/values": history(torch.rand(rows, length, generator=generator)),
        "history/seconds": history(seconds),
        "candidates/subjects": draw_int(subjects, rows, count),
        "candidates/surfaces": draw_int(VOCABULARY["surfaces"], rows, count),
        "candidates/queries": draw_int(queries, rows, count),
        "candidates/gaps": draw_int(TIME_BUCKETS, rows, count),
        "candidates/visible": visible.gather(1, on_page),
        "candidates/seconds": page_seconds.gather(1, on_page),
        "candidates/pages": (on_page + 2 * torch.arange(rows)[:, None]).to(torch.int32),
        "pages/visible": visible,
        "pages/seconds": page_seconds,
        "subjects/topics": grams(subjects, CONTENT["topicBuckets"], TOPICS),
        "candidates/dense": torch.randn(rows, count, DENSE, generator=generator),
        "pages/moments": torch.randn(rows, 2, MOMENT, generator=generator),
        "examples": torch.tensor([0, 1, 2, 3, 4, 5, 6, 8, 9], dtype=torch.int32),
        "labels": draw_int(2, 9, len(TASKS)).to(torch.float32),
        "masks": (torch.rand(9, len(TASKS), generator=generator) < 0.8).to(torch.float32),
    }


def golden_parts(draw, generator_of, seed=50):
    """(name, config, parameters, inputs, run) for `golden_cases`."""
    generator = generator_of(seed)
    parameters = draw(generator, shapes())

    def run(p, given):
        logits = logits_of(p, given)
        return logits, multi_task_reference.task_loss(logits, given["labels"], given["masks"])

    encoder = {
        "kind": "hstu",
        "maxLength": SIZES["max_length"],
        "blocks": SIZES["blocks"],
        "heads": SIZES["heads"],
        "queryDimension": SIZES["dqk"],
        "valueDimension": SIZES["dv"],
    }
    tasks = {
        "kind": "ple",
        "levels": [{"expertHidden": [SIZES["dim"]]}],
        "taskExperts": SIZES["experts"],
        "sharedExperts": SIZES["shared"],
        "tower": [3],
    }
    model = {"dimension": SIZES["dim"], "encoder": encoder, "tasks": tasks, "content": CONTENT}
    vocabulary = VOCABULARY | {"embeddingDimension": None}
    config = {"seed": seed, "tasks": TASKS, "weights": multi_task_reference.WEIGHTS, "model": model, "vocabulary": vocabulary}
    return "ranker-hstu-ple", config, parameters, golden_inputs(generator), run
