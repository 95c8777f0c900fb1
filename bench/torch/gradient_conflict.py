"""Goldens of the strategies for conflicting gradients, src/learn/training/gradient-conflict/goldens/strategies.json.

    python bench/torch/gradient_conflict.py [--out FILE]

Every rule is written from its paper's equations over the gradients themselves, in float64, and by another road than the
engine's, which sees inner products alone: PCGrad and GradVac turn whole vectors, MGDA tries every face of the simplex,
CAGrad's dual is solved by accelerated projected gradients, Aligned-MTL is a singular value decomposition of the gradient
matrix, IMTL-G the paper's equation against the first task, Nash-MTL a root found by L-BFGS in log α. All directions are on the scale
of the sum. A rule whose equations have no answer for a case (a division by zero) is left out of it.
"""

import argparse
import itertools
import json
import sys
from pathlib import Path

import torch

FILE = Path(__file__).resolve().parents[2] / "src/learn/training/gradient-conflict/goldens/strategies.json"
torch.set_default_dtype(torch.float64)


def pcgrad(gradients, orders):
    """Yu et al. 2020, algorithm 1. `orders[i]`: the other tasks in the order in which task i meets them."""
    total = torch.zeros_like(gradients[0])
    for i, order in enumerate(orders):
        turned = gradients[i].clone()
        for j in order:
            if j == i:
                continue
            product = turned @ gradients[j]
            if product < 0:
                turned = turned - product / (gradients[j] @ gradients[j]) * gradients[j]
        total = total + turned
    return total


def gradvac(gradients, orders, targets, beta):
    """Wang et al. 2021, algorithm 1 and equation 3; `targets` is the running mean of cosines, changed in place."""
    total = torch.zeros_like(gradients[0])
    for i, order in enumerate(orders):
        turned = gradients[i].clone()
        for j in order:
            if j == i:
                continue
            cosine = ((turned @ gradients[j]) / (turned.norm() * gradients[j].norm())).clamp(-1, 1)
            target = targets[i, j].clone()
            if cosine < target:
                factor = (
                    turned.norm()
                    * (target * (1 - cosine**2).sqrt() - cosine * (1 - target**2).sqrt())
                    / (gradients[j].norm() * (1 - target**2).sqrt())
                )
                turned = turned + factor * gradients[j]
            targets[i, j] = (1 - beta) * target + beta * cosine
        total = total + turned
    return total


def mgda(gradients):
    """Sener & Koltun 2018, equation 3: the shortest point of the hull, by trying the affine minimum of every face."""
    tasks, best = len(gradients), None
    for size in range(1, tasks + 1):
        for face in itertools.combinations(range(tasks), size):
            rows = gradients[list(face)]
            system = torch.zeros(size + 1, size + 1)
            system[:size, :size] = rows @ rows.T
            system[:size, size] = system[size, :size] = 1
            right = torch.zeros(size + 1)
            right[size] = 1
            share = torch.linalg.lstsq(system, right[:, None], driver="gelsd").solution[:size, 0]
            if (share < -1e-12).any() or abs(float(share.sum()) - 1) > 1e-9:
                continue
            point = share @ rows
            if best is None or point.norm() < best.norm():
                best = point
    return tasks * best


def onto_simplex(values):
    ordered = values.sort(descending=True).values
    sums = ordered.cumsum(0) - 1
    counts = torch.arange(1, len(values) + 1)
    last = int((ordered - sums / counts > 0).nonzero().max())
    return (values - sums[last] / (last + 1)).clamp(min=0)


def cagrad(gradients, c, steps=5000):
    """Liu et al. 2021, algorithm 1, with the official division by 1 + c; the dual by FISTA with restarts."""
    tasks = len(gradients)
    mean = gradients.mean(0)
    reach = c * mean.norm()
    weights = torch.full((tasks,), 1 / tasks)

    def value(w):
        combined = w @ gradients
        return combined @ mean + reach * combined.norm()

    def slope(w):
        combined = w @ gradients
        return gradients @ mean + reach * (gradients @ combined) / combined.norm()

    look, momentum, length = weights.clone(), 1.0, 1.0
    for _ in range(steps):
        direction = slope(look)
        while True:
            following = onto_simplex(look - length * direction)
            change = following - look
            if value(following) <= value(look) + direction @ change + change @ change / (2 * length) + 1e-18 or length < 1e-12:
                break
            length /= 2
        next_momentum = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        if (look - following) @ (following - weights) > 0:
            momentum, next_momentum = 1.0, 1.0
        look = following + (momentum - 1) / next_momentum * (following - weights)
        look = onto_simplex(look)
        still = (following - weights).abs().max() < 1e-16
        weights, momentum = following, next_momentum
        if still:
            break
    combined = weights @ gradients
    return tasks * (mean + reach / combined.norm() * combined) / (1 + c)


def aligned_mtl(gradients, scale):
    """Senushkin et al. 2023: the gradient matrix's polar factor times a singular value, summed over the tasks."""
    left, singular, right = torch.linalg.svd(gradients.T, full_matrices=False)
    kept = singular**2 > singular[0] ** 2 * len(gradients) * torch.finfo(torch.float32).eps
    left, singular, right = left[:, kept], singular[kept], right[kept]
    unit = {"min": singular[-1], "median": (singular**2).median().sqrt(), "rmse": (singular**2).mean().sqrt()}[scale]
    return unit * (left @ right).sum(1)


def imtl_g(gradients):
    """Liu et al. 2021 (IMTL), equation 5, against the first task."""
    units = gradients / gradients.norm(dim=1, keepdim=True)
    differences, angles = gradients[:1] - gradients[1:], units[:1] - units[1:]
    rest = gradients[0] @ angles.T @ torch.linalg.inv(differences @ angles.T)
    return len(gradients) * torch.cat([1 - rest.sum(0, keepdim=True), rest]) @ gradients


def nash_mtl(gradients):
    """Navon et al. 2022, claim 3.2: G α = 1 / α, by L-BFGS over log α on ½ αᵀGα − Σ log α; Σα = T."""
    gram = gradients @ gradients.T
    logs = (-gram.diagonal().log() / 2).requires_grad_()
    optimizer = torch.optim.LBFGS(
        [logs], max_iter=2000, tolerance_grad=1e-15, tolerance_change=1e-18, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        alpha = logs.exp()
        loss = alpha @ gram @ alpha / 2 - logs.sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    alpha = logs.detach().exp()
    for _ in range(5):  # Newton's last digits
        alpha = alpha - torch.linalg.solve(gram + torch.diag(1 / alpha**2), gram @ alpha - 1 / alpha)
    residual = (gram @ alpha * alpha - 1).abs().max()
    assert residual < 1e-9, f"no root: {residual}"
    return len(gradients) * (alpha / alpha.sum()) @ gradients


def cases():
    """Name to gradients `[tasks, parameters]`; random ones and what breaks careless code."""
    generator = torch.Generator().manual_seed(4)
    draw = lambda *shape: torch.randn(*shape, generator=generator)
    yield "two random", draw(2, 6)
    yield "two in conflict", torch.tensor([[1.0, 0.2, 0, 0, 0, 0], [-0.6, 0.5, 0.1, 0, 0, 0]])
    yield "three random", draw(3, 6)
    opposed = draw(4, 6)
    opposed[1] = -0.7 * opposed[0] + 0.3 * draw(6)
    opposed[3] = -opposed[2] * 0.4 + 0.2 * draw(6)
    yield "four in pairs of conflict", opposed
    yield "five random in six", draw(5, 6)
    yield "lengths of 1, 100 and .01", draw(3, 6) * torch.tensor([[1.0], [100.0], [0.01]])
    yield "orthogonal, of one length", 3 * torch.eye(3, 6)
    yield "parallel", torch.tensor([[1.0, 2, 0, 0, 0, 0], [2.0, 4, 0, 0, 0, 0]])
    yield "opposite", torch.tensor([[1.0, 2, 0, 0, 0, 0], [-0.5, -1, 0, 0, 0, 0]])
    dependent = draw(3, 6)
    dependent[2] = dependent[0] + dependent[1]
    yield "third is the sum of two", dependent
    yield "seven in six", draw(7, 6)
    yield "a zero beside two", torch.cat([draw(2, 6), torch.zeros(1, 6)])[[0, 2, 1]]


def without_answer(name, rule):
    """Cases whose equations divide by zero, or whose answer is not unique."""
    if name == "a zero beside two":
        return rule not in ("pcgrad", "aligned-mtl min", "aligned-mtl median", "aligned-mtl rmse")
    if name == "parallel":
        return rule in ("imtl-g",)
    if name == "opposite":
        return rule in ("imtl-g", "nash-mtl", "gradvac")
    # Gram matrices without full rank: no inverse; a Pareto-stationary point has no bargaining solution.
    if name in ("third is the sum of two", "seven in six"):
        return rule in ("imtl-g", "nash-mtl")
    return False


def golden(name, gradients, generator):
    tasks = len(gradients)
    orders = [torch.randperm(tasks, generator=generator).tolist() for _ in range(tasks)]
    if name == "a zero beside two":
        orders = [[j for j in order if j != 1] for i, order in enumerate(orders)]
        orders[1] = []
    beta, targets, vaccinated = 0.3, torch.zeros(tasks, tasks), []
    if not without_answer(name, "gradvac"):
        for _ in range(3):
            vaccinated.append(gradvac(gradients, orders, targets, beta).tolist())
            targets[0, -1] = 0.5  # above most cosines, so that the next step has something to turn
    rules = {
        "sum": lambda: gradients.sum(0),
        "mean": lambda: gradients.mean(0),
        "pcgrad": lambda: pcgrad(gradients, orders),
        "mgda": lambda: mgda(gradients),
        "cagrad .2": lambda: cagrad(gradients, 0.2),
        "cagrad .5": lambda: cagrad(gradients, 0.5),
        "cagrad .9": lambda: cagrad(gradients, 0.9),
        "aligned-mtl min": lambda: aligned_mtl(gradients, "min"),
        "aligned-mtl median": lambda: aligned_mtl(gradients, "median"),
        "aligned-mtl rmse": lambda: aligned_mtl(gradients, "rmse"),
        "imtl-g": lambda: imtl_g(gradients),
        "nash-mtl": lambda: nash_mtl(gradients),
    }
    directions = {rule: run().tolist() for rule, run in rules.items() if not without_answer(name, rule)}
    return {
        "name": name,
        "gradients": gradients.tolist(),
        "orders": orders,
        "directions": directions,
        "gradvac": {"beta": beta, "target": 0.5, "directions": vaccinated},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(11)
    found = [golden(name, gradients, generator) for name, gradients in cases()]
    for case in found:
        print(f"{case['name']:32} {', '.join(case['directions'])}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    rounded = json.loads(json.dumps(found, allow_nan=False), parse_float=lambda text: float(f"{float(text):.15g}"))
    options.out.write_text(json.dumps(rounded, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
