"""Multinomial logistic regression by torch's L-BFGS: the penalty is chosen on validation by the loss, as GpuGeek's solved classifier does.

Standard input: a line of JSON {"rows": FILE, "width": N, "splits": [...], "labels": [...], "refit": BOOL}; FILE has float32 rows. With refit the chosen
penalty's solution is solved again on training and validation rows.
Standard output: the predicted class of each test row, as a JSON list.
"""

import json
import sys

import numpy
import torch

request = json.loads(sys.stdin.readline())
rows = torch.from_numpy(numpy.fromfile(request["rows"], dtype=numpy.float32).reshape(-1, request["width"])).double()
labels = torch.tensor(request["labels"])
of = {split: torch.tensor([s == split for s in request["splits"]]) for split in ("train", "val", "test")}
train = rows[of["train"]]
mean, deviation = train.mean(0), train.std(0, unbiased=False)
rows = (rows - mean) / torch.where(deviation < 1e-6, torch.ones_like(deviation), deviation)
classes = int(labels.max()) + 1


def solve(start, penalty, learned):
    weight = start[0].clone().requires_grad_()
    bias = start[1].clone().requires_grad_()
    solver = torch.optim.LBFGS([weight, bias], max_iter=1000, tolerance_grad=1e-6, tolerance_change=0, line_search_fn="strong_wolfe")

    def closure():
        solver.zero_grad()
        logits = rows[learned] @ weight.T + bias
        loss = torch.nn.functional.cross_entropy(logits, labels[learned]) + penalty / 2 * (weight**2).sum()
        loss.backward()
        return loss

    solver.step(closure)
    return weight.detach(), bias.detach()


state = (torch.zeros(classes, rows.shape[1], dtype=torch.double), torch.zeros(classes, dtype=torch.double))
best_loss, best, best_penalty = float("inf"), state, None
for index in range(15):
    penalty = 10 * 10 ** (-index / 2)
    state = solve(state, penalty, of["train"])
    loss = torch.nn.functional.cross_entropy(rows[of["val"]] @ state[0].T + state[1], labels[of["val"]]).item()
    if loss < best_loss:
        best_loss, best, best_penalty = loss, state, penalty
if request["refit"]:
    best = solve(best, best_penalty, of["train"] | of["val"])
print(json.dumps((rows[of["test"]] @ best[0].T + best[1]).argmax(1).tolist()))
