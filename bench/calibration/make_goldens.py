"""What scikit-learn, SciPy and betacal compute, for the tests of src/measure/calibration.

    python3 -m venv .venv && .venv/bin/pip install -r bench/calibration/requirements.txt
    .venv/bin/python bench/calibration/make_goldens.py

Writes src/measure/calibration/goldens/calibration.json. No test needs Python.
"""

import json
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from betacal import BetaCalibration
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax, logsumexp
from scipy.stats import foldnorm
from sklearn.calibration import _sigmoid_calibration, calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, log_loss

warnings.filterwarnings("ignore")
OUT = Path(__file__).resolve().parents[2] / "src/measure/calibration/goldens/calibration.json"
COUNT = 300
random = np.random.default_rng(20)


def plain(values):
    return [float(value) for value in np.asarray(values, dtype=float).ravel()]


# Over-sure scores with ties (logits rounded to a tenth) and whole-tenth weights.
truth = random.normal(-0.7, 1.4, COUNT)
logits = np.round(1.9 * truth + 0.6 + random.normal(0, 0.4, COUNT), 1)
labels = (random.random(COUNT) < expit(truth)).astype(int)
weights = np.round(random.uniform(0.2, 3, COUNT), 1)
probabilities = np.round(expit(logits), 6)
golden = {
    "versions": {name: version(name) for name in ("numpy", "scipy", "scikit-learn", "betacal")},
    "examples": {"logits": plain(logits), "probabilities": plain(probabilities), "labels": plain(labels), "weights": plain(weights)},
}


def platt(weight):
    a, b = _sigmoid_calibration(logits, labels, sample_weight=weight)
    # Polished: scikit-learn stops its quasi-Newton search early.
    positives, total = (np.sum(weight * labels), np.sum(weight))
    target = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (total - positives + 2))
    loss = lambda x: np.sum(weight * (np.logaddexp(0, x[0] * logits + x[1]) - target * (x[0] * logits + x[1])))
    best = minimize(loss, [-a, -b], method="Nelder-Mead", options=dict(xatol=1e-10, fatol=1e-14, maxiter=10000)).x
    return {"slope": float(best[0]), "intercept": float(best[1]), "sklearn": {"slope": float(-a), "intercept": float(-b)}}


golden["platt"] = {"plain": platt(np.ones(COUNT)), "weighted": platt(weights)}


def temperature(weight):
    loss = lambda t: np.sum(weight * (np.logaddexp(0, logits / t) - labels * logits / t))
    return float(minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options=dict(xatol=1e-12)).x)


golden["temperature"] = {"plain": temperature(np.ones(COUNT)), "weighted": temperature(weights)}

rows = random.normal(0, 3, (120, 4)).round(3)
classes = np.array([random.choice(4, p=np.exp(log_softmax(row / 2.2))) for row in rows])
row_weights = np.round(random.uniform(0.2, 3, 120), 1)
class_loss = lambda t: np.sum(row_weights * (logsumexp(rows / t, axis=1) - rows[np.arange(120), classes] / t))
golden["softmax"] = {
    "logits": plain(rows),
    "labels": plain(classes),
    "weights": plain(row_weights),
    "temperature": float(minimize_scalar(class_loss, bounds=(0.05, 20), method="bounded", options=dict(xatol=1e-12)).x),
    "logLoss": float(log_loss(classes, np.exp(log_softmax(rows, axis=1)), sample_weight=row_weights)),
}

grid = np.round(np.linspace(-8, 8, 65), 3)
golden["isotonic"] = {
    "grid": plain(grid),
    "plain": plain(IsotonicRegression(out_of_bounds="clip").fit(logits, labels).predict(grid)),
    "weighted": plain(IsotonicRegression(out_of_bounds="clip").fit(logits, labels, sample_weight=weights).predict(grid)),
}


def beta(variant):
    model = BetaCalibration(variant).fit(probabilities, labels)
    return plain(model.predict(np.array([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])))


def beta_bounded(score, label, weight):
    """abm with a, b >= 0 and weights, by a bounded quasi-Newton search of SciPy."""
    columns = np.stack([np.log(score), -np.log1p(-score), np.ones_like(score)], axis=1)

    def loss(x):
        eta = columns @ x
        slope = weight * (expit(eta) - label)
        return np.sum(weight * (np.logaddexp(0, eta) - label * eta)) / weight.sum(), columns.T @ slope / weight.sum()

    options = dict(maxiter=10000, ftol=1e-16, gtol=1e-12)
    return plain(minimize(loss, [1, 1, 0], jac=True, method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)], options=options).x)


# Scores that only tell yes from maybe: the free best b is negative.
lopsided = np.round(random.uniform(0.02, 0.98, COUNT), 3)
lopsided_labels = (random.random(COUNT) < 0.6 * np.minimum(1, lopsided * 3) - 0.2 * lopsided**4).astype(int)
golden["beta"] = {
    "scores": [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99],
    **{variant: beta(variant) for variant in ("abm", "am", "ab")},
    "weighted": beta_bounded(probabilities, labels, weights),
    "lopsided": {"scores": plain(lopsided), "labels": plain(lopsided_labels), "abc": beta_bounded(lopsided, lopsided_labels, np.ones(COUNT))},
}

distinct = np.sort(random.random(COUNT).round(9))
assert len(set(distinct)) == COUNT
events = (random.random(COUNT) < distinct**1.5).astype(int)
curves = {}
for strategy in ("uniform", "quantile"):
    share, mean = calibration_curve(events, distinct, n_bins=10, strategy=strategy)
    curves[strategy] = {"meanLabel": plain(share), "meanProbability": plain(mean)}
parts = np.array_split(np.arange(COUNT), 10)
share = np.array([events[part].mean() for part in parts])
mean = np.array([distinct[part].mean() for part in parts])
deviation = np.sqrt(share * (1 - share) / 30)
plug_in = np.abs(share - mean).mean()
# A bin of one label has no spread.
expected = np.mean([foldnorm.mean(c=abs(s - m) / d, scale=d) if d > 0 else abs(s - m) for s, m, d in zip(share, mean, deviation)])
golden["measures"] = {
    "probabilities": plain(distinct),
    "labels": plain(events),
    "curves": curves,
    "ece": float(plug_in),
    "debiasedEce": float(2 * plug_in - expected),
    "debiasedSquare": float(np.mean((share - mean) ** 2 - share * (1 - share) / 29)),
    "mce": float(np.abs(share - mean).max()),
    "logLoss": float(log_loss(labels, probabilities, sample_weight=weights)),
    "brier": float(brier_score_loss(labels, probabilities, sample_weight=weights)),
}

order = np.random.RandomState(0).permutation(10000)
golden["permutations"] = {"7 of seed 3": plain(np.random.RandomState(3).permutation(7)), "first of 10000, seed 0": plain(order[:8]), "last": plain(order[-8:])}

OUT.parent.mkdir(exist_ok=True)
OUT.write_text(json.dumps(golden, separators=(",", ":"), allow_nan=False) + "\n")
print(f"{OUT.name}: {OUT.stat().st_size} bytes", golden["platt"], golden["temperature"], golden["beta"]["weighted"], golden["beta"]["lopsided"]["abc"])
