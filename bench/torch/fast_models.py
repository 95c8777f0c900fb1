"""The three timed models in PyTorch as a competent user would write them; the equations are those of `reference.py`.

Every constructor takes the variants that were measured; the first of each list is the fastest, and the default.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

SASREC_ATTENTION = ("matmul", "sdpa")
SASREC_LOSS = ("cross-entropy", "linear-cross-entropy")


def sequence_embeddings(items, max_length, dim):
    """Item and position tables, normal with deviation 0.02 as transformers start."""
    tables = nn.Embedding(items + 1, dim), nn.Embedding(max_length, dim)
    for table in tables:
        nn.init.normal_(table.weight, std=0.02)
    return tables


class SASRecBlock(nn.Module):
    """One pre-norm block: x is [B, L, D]."""

    def __init__(self, dim, heads, dropout, attention):
        super().__init__()
        self.heads, self.dropout, self.attention = heads, dropout, attention
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.query_key_value, self.output = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.inner, self.outer = nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.drop = nn.Dropout(dropout)

    def attend(self, q, k, v, mask):
        if self.attention == "sdpa":
            return F.scaled_dot_product_attention(
                q, k, v, is_causal=True, dropout_p=self.dropout if self.training else 0.0
            )
        weights = (q @ k.transpose(-1, -2)).mul_(1 / math.sqrt(q.shape[-1])).add_(mask)
        return self.drop(weights.softmax(-1)) @ v

    def forward(self, x, mask):
        batch, length, dim = x.shape
        mixed = self.query_key_value(self.attention_norm(x)).view(batch, length, 3, self.heads, dim // self.heads)
        q, k, v = mixed.permute(2, 0, 3, 1, 4)
        attended = self.attend(q, k, v, mask).transpose(1, 2).reshape(batch, length, dim)
        x = x + self.drop(self.output(attended))
        f = self.drop(F.relu(self.inner(self.feed_forward_norm(x))))
        return x + self.drop(self.outer(f))


class SASRec(nn.Module):
    def __init__(self, items, max_length, dim, heads, blocks, dropout, attention="matmul", loss="cross-entropy"):
        super().__init__()
        self.item_embedding, self.position_embedding = sequence_embeddings(items, max_length, dim)
        self.drop = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(SASRecBlock(dim, heads, dropout, attention) for _ in range(blocks))
        self.final_norm = nn.LayerNorm(dim)
        self.loss_kind = loss
        future = torch.full((max_length, max_length), -math.inf).triu(1)
        self.register_buffer("future", future, persistent=False)

    def hidden(self, items):
        length = items.shape[1]
        x = self.item_embedding(items) * math.sqrt(self.item_embedding.embedding_dim)
        x = self.drop(x + self.position_embedding.weight[:length])
        mask = self.future[:length, :length]
        for block in self.blocks:
            x = block(x, mask)
        return self.final_norm(x)

    def forward(self, items, targets):
        """items, targets [B, L]; targets are items 1..V at every position, the loss is full softmax over them all."""
        hidden, table = self.hidden(items).flatten(0, 1), self.item_embedding.weight[1:]
        if self.loss_kind == "linear-cross-entropy":
            return F.linear_cross_entropy(hidden, table, targets.flatten() - 1)
        return F.cross_entropy(hidden @ table.t(), targets.flatten() - 1)


class HSTULayer(nn.Module):
    """One pointwise aggregated attention layer: x is [B, L, D]."""

    def __init__(self, max_length, dim, heads, dqk, dv, dropout):
        super().__init__()
        self.heads, self.dqk, self.dv, self.max_length = heads, dqk, dv, max_length
        self.projection = nn.Linear(dim, 2 * heads * (dqk + dv), bias=False)
        self.position_bias = nn.Parameter(torch.randn(max_length) * 0.02)
        self.output = nn.Linear(heads * dv, dim)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, distance, causal):
        batch, length, dim = x.shape
        mixed = F.silu(self.projection(F.layer_norm(x, (dim,), eps=1e-6)))
        width = (self.heads * self.dv, self.heads * self.dv, self.heads * self.dqk, self.heads * self.dqk)
        u, v, q, k = mixed.split(width, dim=-1)
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in (q, k, v))
        a = F.silu((q @ k.transpose(-1, -2)).add_(self.position_bias[distance])).mul_(causal)
        o = (a @ v).transpose(1, 2).flatten(2)
        return x + self.output(self.drop(u * F.layer_norm(o, (o.shape[-1],), eps=1e-6)))


class HSTU(nn.Module):
    def __init__(self, items, max_length, dim, heads, dqk, dv, blocks, dropout, scoring="dot", temperature=0.05):
        super().__init__()
        self.item_embedding, self.position_embedding = sequence_embeddings(items, max_length, dim)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList(HSTULayer(max_length, dim, heads, dqk, dv, dropout) for _ in range(blocks))
        self.scoring, self.temperature = scoring, temperature
        positions = torch.arange(max_length)
        self.register_buffer("distance", (positions[:, None] - positions).clamp(min=0), persistent=False)
        self.register_buffer("causal", torch.ones(max_length, max_length).tril() / max_length, persistent=False)

    def hidden(self, items):
        length = items.shape[1]
        x = self.item_embedding(items) * math.sqrt(self.item_embedding.embedding_dim)
        x = self.drop(x + self.position_embedding.weight[:length])
        distance, causal = self.distance[:length, :length], self.causal[:length, :length]
        for layer in self.layers:
            x = layer(x, distance, causal)
        return x

    def forward(self, items, targets, negatives, target_log_q, negative_log_q):
        """items, targets, target_log_q [B, L]; negatives, negative_log_q [S], shared by all positions."""
        hidden, targets = self.hidden(items).flatten(0, 1), targets.flatten()
        vectors, others = self.item_embedding(targets), self.item_embedding(negatives)
        if self.scoring == "cosine":
            hidden, vectors, others = (F.normalize(part, dim=-1, eps=1e-6) for part in (hidden, vectors, others))
            hidden = hidden / self.temperature
        is_target = negatives == targets[:, None]
        positive = (hidden * vectors).sum(-1, keepdim=True) - target_log_q.flatten()[:, None]
        positive = positive + torch.log1p(is_target.sum(-1, keepdim=True))
        negative = (hidden @ others.t() - negative_log_q).masked_fill(is_target, -1e9)
        return (torch.cat([positive, negative], -1).logsumexp(-1) - positive[:, 0]).mean()


class MLP(nn.Module):
    """Embeddings of `fields` tables side by side, then hidden layers. All tables stand in one, a field after the other."""

    def __init__(self, fields, rows, width, hidden, sparse):
        super().__init__()
        self.tables = nn.Embedding(fields * rows, width, sparse=sparse)
        self.register_buffer("first", torch.arange(fields) * rows, persistent=False)
        sizes = (fields * width, *hidden)
        self.hidden_layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.output = nn.Linear(sizes[-1], 1)

    def forward(self, fields, labels):
        x = self.tables(fields + self.first).flatten(1)
        for layer in self.hidden_layers:
            x = F.relu(layer(x))
        return F.binary_cross_entropy_with_logits(self.output(x)[:, 0], labels)
