"""Makes src/learn/evaluation/binary/goldens/scikit-learn.json: AUC, log loss, normalised entropy and paired t-tests.

    python bench/torch/make_binary_metric_goldens.py

Needs scikit-learn and scipy (made with 1.9.1 and 1.17.1), which nothing else here does; the same bytes each time.
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.metrics import log_loss, roc_auc_score

FILE = Path(__file__).resolve().parents[2] / "src/learn/evaluation/binary/goldens/scikit-learn.json"


def binary_case(random, count, levels, weighted):
    """Few levels make many ties; one example weighs nothing where there are weights."""
    scores = np.round(np.clip(random.integers(0, levels + 1, count) / levels, 0.01, 0.99), 4)
    labels = (random.random(count) < 0.2 + 0.6 * scores).astype(int)
    weights = np.round(random.random(count) * 3, 3) if weighted else None
    if weighted:
        weights[0] = 0.0
    rate = np.average(labels, weights=weights)
    loss = log_loss(labels, scores, sample_weight=weights)
    return {
        "scores": scores.tolist(),
        "labels": labels.tolist(),
        "weights": weights.tolist() if weighted else None,
        "auc": roc_auc_score(labels, scores, sample_weight=weights),
        "logLoss": loss,
        "normalisedEntropy": loss / -(rate * np.log(rate) + (1 - rate) * np.log(1 - rate)),
    }


def t_test_case(random, count):
    first, second = (np.round(random.normal(mean, 0.02, count), 4) for mean in (0.8, 0.79))
    result = stats.ttest_rel(first, second)
    return {"first": first.tolist(), "second": second.tolist(), "t": result.statistic, "pValue": result.pvalue}


def main():
    random = np.random.default_rng(7)
    sizes = [(12, 4, False), (40, 7, True), (60, 1000, True), (25, 2, False)]
    goldens = {
        "cases": [binary_case(random, *size) for size in sizes],
        "tTests": [t_test_case(random, count) for count in (2, 3, 5, 30)],
    }
    FILE.write_text(json.dumps(goldens, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
