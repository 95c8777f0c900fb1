"""The list losses of src/learn/nn/losses in plain float64, from the papers: one list at a time, one term at a time.

A list is its kept places only: scores [n] (JRC: [n, 2]), labels [n], weights [n]. Nothing here is masked, sorted in
batches or made stable; it is slow on purpose.
"""

import math

import torch


def has_order(labels):
    return len(labels) >= 2 and bool((labels > 0).any())


def log_softmax_at(scores, place):
    return scores[place] - torch.logsumexp(scores, 0)


def pointwise_cross_entropy(scores, labels, weights):
    y = labels.clamp(max=1)
    terms = -y * torch.log(torch.sigmoid(scores)) - (1 - y) * torch.log(1 - torch.sigmoid(scores))
    return (weights * terms).sum() / len(scores)


def softmax_cross_entropy(scores, labels, weights):
    """Target: each label's share of the labels (Bruch et al. 2019)."""
    if not has_order(labels):
        return scores.sum() * 0
    return sum(-weights[i] * labels[i] / labels.sum() * log_softmax_at(scores, i) for i in range(len(scores)))


def list_net(scores, labels, weights):
    """Cao et al. 2007, top-one probabilities."""
    if not has_order(labels):
        return scores.sum() * 0
    target = torch.softmax(labels, 0)
    return sum(-weights[i] * target[i] * log_softmax_at(scores, i) for i in range(len(scores)))


def placement(scores, labels, place):
    """-log of the chance that a place comes first among those whose label is not above its own (Breslow's ties)."""
    return torch.logsumexp(scores[labels <= labels[place]], 0) - scores[place]


def list_mle(scores, labels, weights):
    """Xia et al. 2008."""
    if not has_order(labels):
        return scores.sum() * 0
    return sum(weights[i] * placement(scores, labels, i) for i in range(len(scores)))


def p_list_mle(scores, labels, weights, discount):
    """Lan et al. 2014; equal labels share the mean weight of the positions that they take."""
    if not has_order(labels):
        return scores.sum() * 0
    n = len(scores)

    def alpha(position):
        if discount == "logarithmic":
            return 1 / math.log2(1 + position)
        return (2 ** (n - position) - 1) / (2 ** (n - 1) - 1)

    total = 0
    for i in range(n):
        first = int((labels > labels[i]).sum()) + 1
        last = first + int((labels == labels[i]).sum()) - 1
        mean = sum(alpha(position) for position in range(first, last + 1)) / (last - first + 1)
        total = total + mean * weights[i] * placement(scores, labels, i)
    return total


def gain(labels):
    return 2**labels - 1


def ideal_dcg(labels, cutoff):
    best = sorted(gain(labels).tolist(), reverse=True)[:cutoff]
    return sum(value / math.log2(2 + position) for position, value in enumerate(best))


def approx_ndcg(scores, labels, weights, temperature, truncation=None):
    """Qin, Liu and Li 2010; Bruch et al. 2019: 1 - NDCG over smooth ranks, each term less what it is in the ideal."""
    if not has_order(labels):
        return scores.sum() * 0
    n = len(scores)
    rows = sorted(range(n), key=lambda i: (-labels[i].item(), i))[: truncation or n]
    total = 0
    for i in rows:
        positions = [position for position, j in enumerate(rows, start=1) if labels[j] == labels[i]]
        ideal = sum(1 / math.log2(1 + position) for position in positions) / len(positions)
        rank = 1 + sum(torch.sigmoid((scores[j] - scores[i]) / temperature) for j in range(n) if j != i)
        total = total + weights[i] * gain(labels[i]) * (ideal - 1 / torch.log2(1 + rank))
    return total / ideal_dcg(labels, len(rows))


def lambda_loss(scores, labels, weights, mu, sigma=1.0, truncation=None):
    """Wang et al. 2018, NDCG-Loss2++; mu 0 is LambdaRank. Of equal scores the earlier place ranks first."""
    if not has_order(labels):
        return scores.sum() * 0
    n = len(scores)
    cutoff = truncation or n
    order = sorted(range(n), key=lambda i: (-scores[i].item(), i))
    rank = {place: position for position, place in enumerate(order, start=1)}
    gains = gain(labels) / ideal_dcg(labels, cutoff)

    def inverse_discount(position, last=n):
        return 1 / math.log2(1 + position) if position <= last else 0.0

    total = 0
    for i in range(n):
        for j in range(n):
            if labels[i] <= labels[j] or min(rank[i], rank[j]) > cutoff:
                continue
            apart = abs(rank[i] - rank[j])
            rho = abs(inverse_discount(rank[i], cutoff) - inverse_discount(rank[j], cutoff))
            delta = inverse_discount(apart, n) - inverse_discount(apart + 1, n + 1)
            loss = torch.log2(1 + torch.exp(-sigma * (scores[i] - scores[j])))
            total = total + weights[i] * (rho + mu * delta) * (gains[i] - gains[j]).abs() * loss
    return total


def joint_ranking_calibration(logits, labels, weights, calibration):
    """Sheng et al. 2023: logits [n, 2], of "not clicked" and "clicked"."""
    y = labels.clamp(max=1)
    total = 0
    for i in range(len(labels)):
        of_label = -y[i] * log_softmax_at(logits[i], 1) - (1 - y[i]) * log_softmax_at(logits[i], 0)
        of_place = -y[i] * log_softmax_at(logits[:, 1], i) - (1 - y[i]) * log_softmax_at(logits[:, 0], i)
        total = total + weights[i] * (calibration * of_label + (1 - calibration) * of_place)
    return total / len(labels)


def of_lists(loss, scores, labels, mask, weights, list_weights):
    """[lists]: each list cut to its kept places; 0 where none is kept."""
    values = []
    for row in range(len(scores)):
        kept = mask[row] != 0
        given = scores[row][kept], labels[row][kept], weights[row][kept]
        values.append(list_weights[row] * loss(*given) if bool(kept.any()) else scores.new_zeros(()))
    return torch.stack(values)
