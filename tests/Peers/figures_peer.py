"""Figures of predictions as scikit-learn computes them.

figures_peer.py REQUEST ANSWER   reads JSON {"labels": [...], "predicted": [...], "probabilities": [[...], ...]}, writes JSON; per class a list

Needs Debian's python3-sklearn.
"""

import json
import sys

import numpy
from sklearn import metrics

with open(sys.argv[1]) as file:
    request = json.load(file)
labels = numpy.array(request["labels"])
predicted = numpy.array(request["predicted"])
probabilities = numpy.array(request["probabilities"], dtype=numpy.float32)
classes = numpy.arange(probabilities.shape[1])


def mean(average):
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        labels, predicted, labels=classes, average=average, zero_division=0
    )
    return [precision, recall, f1]


answer = {
    "accuracy": metrics.accuracy_score(labels, predicted),
    "top3": metrics.top_k_accuracy_score(labels, probabilities, k=3, labels=classes),
    "macro": mean("macro"),
    "weighted": mean("weighted"),
    "areas": [metrics.roc_auc_score(labels == c, probabilities[:, c]) for c in classes],
    "precisions": [metrics.average_precision_score(labels == c, probabilities[:, c]) for c in classes],
    "brier": sum(metrics.brier_score_loss(labels == c, probabilities[:, c]) for c in classes),
}
with open(sys.argv[2], "w") as file:
    json.dump(answer, file)
