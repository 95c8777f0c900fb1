"""HSTU as a ranker with PLE on top in PyTorch, as a competent user would write it; equations in `ranker_reference.py`.

What is alike is one product: all experts, all gates, the hidden layers of all towers. Biases and masks are made once a page
and added in place. Grams are a bag with padding.
"""

import torch
import torch.nn.functional as F
from torch import nn

TIME_BUCKETS = 64


def small(*shape):
    return nn.Parameter(torch.randn(shape) * 0.02)


class RankerBlock(nn.Module):
    def __init__(self, max_length, dim, heads, dqk, dv):
        super().__init__()
        self.heads, self.max_length = heads, max_length
        self.widths = (heads * dv, heads * dv, heads * dqk, heads * dqk)
        self.projection = nn.Linear(dim, sum(self.widths), bias=False)
        self.output = nn.Linear(heads * dv, dim)
        self.position_bias, self.time_bias = small(max_length + 1), small(TIME_BUCKETS)

    def parts(self, x):
        mixed = F.silu(self.projection(F.layer_norm(x, x.shape[-1:], eps=1e-6)))
        u, *rest = mixed.split(self.widths, dim=-1)
        return u, *(part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in rest)

    def attend(self, q, k, v, where):
        distances, gaps, seen, page_of = where
        bias = self.time_bias[gaps] + self.position_bias[distances]
        if page_of is not None:
            bias, seen = F.embedding(page_of, bias.flatten(0, 1)), F.embedding(page_of, seen.flatten(0, 1))[:, None]
        weights = F.silu((q @ k.transpose(-1, -2)).add_(bias[:, None])).mul_(seen)
        return weights @ v

    def finish(self, x, u, attended):
        o = attended.transpose(1, 2).flatten(2)
        return x + self.output(u * F.layer_norm(o, o.shape[-1:], eps=1e-6))

    def forward(self, history, candidates, of_actions, of_candidates, last):
        u, v, q, k = self.parts(candidates)
        past_u, past_v, past_q, past_k = self.parts(history)
        own = F.silu((q * k).sum(-1, keepdim=True) + (self.position_bias[0] + self.time_bias[0])) * v / self.max_length
        candidates = self.finish(candidates, u, self.attend(q, past_k, past_v, of_candidates) + own)
        if not last:
            history = self.finish(history, past_u, self.attend(past_q, past_k, past_v, of_actions))
        return history, candidates


class Ple(nn.Module):
    """One level: experts of each task and shared ones, gates, towers with one hidden layer. [E, D] to logits [tasks, E]."""

    def __init__(self, dim, tasks, own, shared, width, tower):
        super().__init__()
        self.tasks, self.own, self.shared = tasks, own, shared
        self.experts = nn.Linear(dim, (tasks * own + shared) * width)
        self.gates = nn.Linear(dim, tasks * (own + shared), bias=False)
        self.hidden_weight, self.hidden_bias = small(tasks, width, tower), nn.Parameter(torch.zeros(tasks, 1, tower))
        self.output_weight, self.output_bias = small(tasks, tower, 1), nn.Parameter(torch.zeros(tasks, 1, 1))

    def forward(self, x):
        experts = F.relu(self.experts(x)).unflatten(-1, (self.tasks * self.own + self.shared, -1))
        own, shared = experts.split((self.tasks * self.own, self.shared), dim=1)
        weights = self.gates(x).unflatten(-1, (self.tasks, -1)).softmax(-1)
        to_own, to_shared = weights.split((self.own, self.shared), dim=-1)
        mixed = (to_own[..., None] * own.unflatten(1, (self.tasks, self.own))).sum(2) + to_shared @ shared
        hidden = F.relu(torch.baddbmm(self.hidden_bias, mixed.transpose(0, 1), self.hidden_weight))
        return torch.baddbmm(self.output_bias, hidden, self.output_weight)[..., 0]


class Ranker(nn.Module):
    """Inputs by the names of `rankingFeeds`; gives logits [tasks, examples]."""

    def __init__(self, size):
        super().__init__()
        dim, content = size["dim"], size["content"]
        self.ids = nn.Embedding(content["idBuckets"] + 2, dim)
        self.kinds = nn.Embedding(size["kinds"] + 1, dim)
        self.authors = nn.Embedding(content["authorBuckets"] + 2, dim)
        self.topics = nn.EmbeddingBag(content["topicBuckets"] + 1, dim, mode="sum", padding_idx=0)
        self.grams = nn.EmbeddingBag(content["gramBuckets"] + 1, content["gramDimension"], mode="mean", padding_idx=0)
        self.subject_text = nn.Linear(content["gramDimension"], dim, bias=False)
        self.query_text = nn.Linear(content["gramDimension"], dim, bias=False)
        self.action, self.value = small(size["actions"] + 1, dim), small(size["actions"] + 1, dim)
        self.domain = small(size["domains"] + 1, dim)
        self.register_buffer("domain_rows", torch.tensor([0, *(code + 1 for code in size["domainOfAction"])]))
        self.surface, self.candidate_surface = small(size["surfaces"], dim), small(size["surfaces"], dim)
        self.gap, self.candidate_gap = small(TIME_BUCKETS, dim), small(TIME_BUCKETS, dim)
        units = min(32, dim)
        self.dense = nn.ModuleList([nn.Linear(size["dense"], units), nn.Linear(units, dim)])
        self.moment = nn.Linear(3 * (size["actions"] + 1) + 6, units, bias=False)
        self.blocks = nn.ModuleList(
            RankerBlock(size["maxLength"], dim, size["heads"], size["dqk"], size["dv"]) for _ in range(size["blocks"])
        )
        self.max_length = size["maxLength"]
        self.ple = Ple(dim, size["tasks"], size["own"], size["shared"], size["width"], size["tower"])

    def places(self, ahead, seconds):
        gaps = (seconds.float().clamp_(min=1).log_().div_(0.301)).floor_().clamp_(0, TIME_BUCKETS - 1)
        return ahead.clamp(0, self.max_length), gaps.long()

    def forward(self, given):
        subjects = (
            self.ids(given["subjects/ids"])
            + self.kinds(given["subjects/kinds"])
            + self.authors(given["subjects/authors"])
            + self.topics(given["subjects/topics"])
            + self.subject_text(self.grams(given["subjects/grams"]))
        )
        queries = self.query_text(self.grams(given["queries/grams"]))
        actions = given["history/actions"]
        history = (
            F.embedding(given["history/subjects"], subjects)
            + F.embedding(given["history/queries"], queries)
            + F.embedding(actions, self.action + self.domain[self.domain_rows])
            + F.embedding(given["history/surfaces"], self.surface)
            + F.embedding(given["history/gaps"], self.gap)
            + F.embedding(actions, self.value) * given["history/values"][..., None]
        )
        moments = F.embedding(given["candidates/pages"], self.moment(given["pages/moments"]).flatten(0, 1))
        candidates = (
            F.embedding(given["candidates/subjects"], subjects)
            + F.embedding(given["candidates/queries"], queries)
            + F.embedding(given["candidates/surfaces"], self.candidate_surface)
            + F.embedding(given["candidates/gaps"], self.candidate_gap)
            + self.dense[1](F.silu(self.dense[0](given["candidates/dense"]) + moments))
        )
        seconds, asked = given["history/seconds"], given["pages/seconds"]
        places = torch.arange(history.shape[1])
        back = places[:, None] - places
        ahead = given["pages/visible"][..., None] - places
        of_actions = *self.places(back, seconds[:, :, None] - seconds[:, None]), (back >= 0) / self.max_length, None
        of_pages = self.places(ahead, asked[..., None] - seconds[:, None])
        of_candidates = *of_pages, (ahead > 0) / self.max_length, given["candidates/pages"]
        for index, block in enumerate(self.blocks):
            history, candidates = block(history, candidates, of_actions, of_candidates, index == len(self.blocks) - 1)
        x = candidates.flatten(0, 1)[given["examples"]]
        return self.ple(F.layer_norm(x, x.shape[-1:], eps=1e-6))


class RankerLoss(nn.Module):
    """Sum over tasks of the mean cross-entropy of the examples that have the task."""

    def __init__(self, size):
        super().__init__()
        self.ranker = Ranker(size)

    def forward(self, given, labels, masks):
        losses = F.binary_cross_entropy_with_logits(self.ranker(given), labels, reduction="none")
        return ((losses * masks).sum(1) / masks.sum(1)).sum()
