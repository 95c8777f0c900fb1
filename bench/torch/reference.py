"""The models and losses, written straight from their equations over a dictionary of named tensors.

Slow, plain and in float64: this is what `make_goldens.py` differentiates. The fast models that the benchmark times
stand in `fast_models.py`. Weights are stored [in, out]: y = x W + b. Shapes: B batch, L length, D dim, H heads, V items.
Items are 1..V, 0 is padding and stands right of the last valid position, so the causal mask alone keeps it out.
"""

import math

import torch

NORM_EPSILON = 1e-5
PLAIN_NORM_EPSILON = 1e-6
COSINE_EPSILON = 1e-6
TIME_BUCKETS = 129
MASKED = -1e9


class Masks:
    """Scaled keep masks (0 or 1 / keep), handed out in the order in which the model drops; none given: identity."""

    def __init__(self, masks=None):
        self.masks = masks
        self.used = 0

    def __call__(self, x):
        if self.masks is None:
            return x
        mask = self.masks[self.used]
        self.used += 1
        assert mask.shape == x.shape, f"mask {self.used - 1} is {tuple(mask.shape)}, its tensor {tuple(x.shape)}"
        return x * mask


def layer_norm(x, scale=None, offset=None, epsilon=NORM_EPSILON):
    centred = x - x.mean(-1, keepdim=True)
    y = centred / torch.sqrt((centred * centred).mean(-1, keepdim=True) + epsilon)
    return y if scale is None else y * scale + offset


def dense(p, name, x):
    return x @ p[f"{name}.weight"] + p[f"{name}.bias"]


def norm(p, name, x):
    return layer_norm(x, p[f"{name}.scale"], p[f"{name}.offset"])


def heads_first(x, heads):
    """[B, L, H * d] to [B, H, L, d]: heads are contiguous chunks of the last axis."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def heads_last(x):
    return x.transpose(1, 2).flatten(2)


def causal(length):
    """[L, L], true where j <= i."""
    return torch.ones(length, length, dtype=torch.bool).tril()


def embed(p, items, drop):
    length, dim = items.shape[1], p["itemEmbedding"].shape[1]
    return drop(p["itemEmbedding"][items.long()] * math.sqrt(dim) + p["positionEmbedding"][:length])


def sasrec_hidden(p, items, *, heads, blocks, masks=None):
    """SASRec (Kang and McAuley 2018), pre-norm, final norm included: [B, L] to [B, L, D].

    Masks in order: embedding; per block attention weights [B, H, L, L], attention output, inner, outer [B, L, D].
    """
    drop = Masks(masks)
    x = embed(p, items, drop)
    future = ~causal(items.shape[1])
    for index in range(blocks):
        block = f"block{index}"
        n = norm(p, f"{block}.attentionNorm", x)
        q, k, v = (heads_first(dense(p, f"{block}.attention.{part}", n), heads) for part in ("query", "key", "value"))
        weights = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(future, -math.inf).softmax(-1)
        attended = heads_last(drop(weights) @ v)
        x = x + drop(dense(p, f"{block}.attention.output", attended))
        f = norm(p, f"{block}.feedForwardNorm", x)
        f = drop(torch.relu(dense(p, f"{block}.feedForward.inner", f)))
        x = x + drop(dense(p, f"{block}.feedForward.outer", f))
    return norm(p, "finalNorm", x)


def time_buckets(timestamps):
    """[B, L + 1] seconds to [B, L, L]: the bucket of the gap between the event after i and the event j."""
    t = timestamps.to(torch.float64)
    gap = (t[:, 1:, None] - t[:, None, :-1]).abs().clamp(min=1)
    return (gap.log() / 0.301).floor().long().clamp(0, TIME_BUCKETS - 1)


def hstu_hidden(p, items, timestamps, *, heads, dqk, dv, blocks, max_length, masks=None):
    """HSTU (Zhai et al. 2024), equations 1 to 3: [B, L] to [B, L, D]. No time bias where timestamps is None.

    Masks in order: embedding [B, L, D]; per block the gated output before its projection [B, L, H * dv].
    """
    drop = Masks(masks)
    x = embed(p, items, drop)
    length = items.shape[1]
    keep = causal(length)
    positions = torch.arange(length)
    distance = (positions[:, None] - positions[None, :]).clamp(min=0)
    for index in range(blocks):
        block = f"block{index}"
        mixed = layer_norm(x, epsilon=PLAIN_NORM_EPSILON) @ p[f"{block}.projection.weight"]
        mixed = mixed * torch.sigmoid(mixed)
        u, v, q, k = mixed.split([heads * dv, heads * dv, heads * dqk, heads * dqk], dim=-1)
        q, k, v = (heads_first(part, heads) for part in (q, k, v))
        bias = p[f"{block}.positionBias"][distance]
        if timestamps is not None:
            bias = bias + p[f"{block}.timeBias"][time_buckets(timestamps)][:, None]
        a = q @ k.transpose(-1, -2) + bias
        a = a * torch.sigmoid(a) / max_length * keep
        gated = u * layer_norm(heads_last(a @ v), epsilon=PLAIN_NORM_EPSILON)
        x = x + dense(p, f"{block}.output", drop(gated))
    return x


def normalised(x):
    return x / x.norm(dim=-1, keepdim=True).clamp(min=COSINE_EPSILON)


def similarity(hidden, vectors, scoring, temperature):
    """Sum over the last axis of the product, the two broadcast together; cosine over temperature where asked for."""
    if scoring == "cosine":
        return (normalised(hidden) * normalised(vectors)).sum(-1) / temperature
    return (hidden * vectors).sum(-1)


def scores_of(hidden, table, ids, scoring="dot", temperature=1.0):
    """Scores of ids [...] that differ by position: hidden [B, L, D], ids [B, L] or [B, L, k]."""
    vectors = table[ids.long()]
    return similarity(hidden if ids.dim() == 2 else hidden[:, :, None], vectors, scoring, temperature)


def all_scores(hidden, table, scoring="dot", temperature=1.0):
    """[B, L, V]: column j is item j + 1."""
    return similarity(hidden[:, :, None], table[1:], scoring, temperature)


def mean_over(losses, targets):
    valid = (targets != 0).to(losses.dtype)
    return (losses * valid).sum() / valid.sum()


def full_softmax(scores, targets):
    """scores [B, L, V], targets [B, L] with 0 for none."""
    picked = scores.gather(-1, (targets.long() - 1).clamp(min=0)[..., None])[..., 0]
    return mean_over(scores.logsumexp(-1) - picked, targets)


def sampled_softmax(hidden, table, targets, negatives, target_log_q, negative_log_q, scoring="dot", temperature=1.0):
    """Negatives [S] shared by all positions; log Q is taken from every logit; a negative that is the target adds to it."""
    hits = (negatives == targets[..., None]).sum(-1)
    positive = scores_of(hidden, table, targets, scoring, temperature) - target_log_q + torch.log1p(hits)
    negative = similarity(hidden[:, :, None], table[negatives.long()], scoring, temperature) - negative_log_q
    negative = negative.masked_fill(negatives == targets[..., None], MASKED)
    return mean_over(torch.cat([positive[..., None], negative], -1).logsumexp(-1) - positive, targets)


def log_sigmoid(x):
    return -torch.log1p(torch.exp(-x))


def bce(hidden, table, targets, negatives):
    """SASRec's loss: one negative a position [B, L]; the two terms are added, not averaged."""
    positive, negative = scores_of(hidden, table, targets), scores_of(hidden, table, negatives)
    return mean_over(-log_sigmoid(positive) - log_sigmoid(-negative), targets)


def gbce_beta(negatives, items, t):
    """gSASRec (Petrov and Macdonald 2023): alpha is the share of the V - 1 other items that is sampled."""
    alpha = negatives / (items - 1)
    return alpha * (t * (1 - 1 / alpha) + 1 / alpha)


def gbce(hidden, table, targets, negatives, t):
    """gSASRec's loss: negatives [B, L, k], mean over the k + 1 terms as in the paper, then over valid positions."""
    beta = gbce_beta(negatives.shape[-1], table.shape[0] - 1, t)
    positive = torch.log(torch.sigmoid(scores_of(hidden, table, targets)) ** beta)
    negative = torch.log(1 - torch.sigmoid(scores_of(hidden, table, negatives)))
    return mean_over(-(positive + negative.sum(-1)) / (negatives.shape[-1] + 1), targets)


def mlp_scores(p, fields, *, hidden_layers):
    """fields [B, F], row ids of F tables; the embeddings stand side by side in field order: [B] logits."""
    x = torch.cat([p[f"field{index}.embedding"][fields[:, index].long()] for index in range(fields.shape[1])], -1)
    for index in range(hidden_layers):
        x = torch.relu(dense(p, f"hidden{index}", x))
    return dense(p, "output", x)[:, 0]


def bce_with_logits(scores, labels):
    return (-labels * log_sigmoid(scores) - (1 - labels) * log_sigmoid(-scores)).mean()
