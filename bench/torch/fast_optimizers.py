"""The optimizers the benchmark may choose from; the first of each list is the fastest that was measured."""

import torch

ADAM = ("fused", "foreach", "for-loop")
TABLES = ("dense-fused-adagrad", "sparse-adagrad", "rowwise", "sparse-adam", "dense-fused-adam")
SPARSE_TABLES = ("rowwise", "sparse-adagrad", "sparse-adam")


def adam(parameters, kind):
    flags = {"fused": {"fused": True}, "foreach": {"foreach": True}, "for-loop": {"foreach": False, "fused": False}}
    return torch.optim.Adam(parameters, lr=1e-3, **flags[kind]).step


def tables(weight, kind):
    """A function that updates the one big table from its gradient, which is sparse for SPARSE_TABLES."""
    if kind == "rowwise":
        return RowwiseAdagrad(weight)
    if kind == "sparse-adagrad":
        return torch.optim.Adagrad([weight], lr=1e-2).step
    if kind == "sparse-adam":
        return torch.optim.SparseAdam([weight], lr=1e-3).step
    if kind == "dense-fused-adagrad":
        return torch.optim.Adagrad([weight], lr=1e-2, fused=True).step
    return torch.optim.Adam([weight], lr=1e-3, fused=True).step


class RowwiseAdagrad:
    """One number of state a row. Rows that a batch holds twice have their gradients added first."""

    def __init__(self, weight, rate=1e-2, epsilon=1e-10):
        self.weight, self.rate, self.epsilon = weight, rate, epsilon
        self.state = torch.zeros(weight.shape[0])

    @torch.no_grad()
    def __call__(self):
        gradient = self.weight.grad.coalesce()
        rows, values = gradient.indices()[0], gradient.values()
        state = self.state[rows].add_(values.square().mean(-1))
        self.state[rows] = state
        self.weight.index_add_(0, rows, values / (state.sqrt() + self.epsilon)[:, None], alpha=-self.rate)
