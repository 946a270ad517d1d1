#!/usr/bin/env python3
"""Writes weights files with the real torch.save, and beside each what is in it: the reader is held against both.

Usage: weights_peer.py FOLDER. FOLDER/ours.safetensors, which the project wrote, is read by the format's definition and written as the case zip-ours. For each case there is FOLDER/<case>.pth and FOLDER/<case>.json: {"types": [...], "tensors": {key: [shape, [numbers]]}}.
"""
import collections
import json
import os
import sys

import torch
from torch import nn

folder = sys.argv[1]
torch.manual_seed(7)


def network():
    net = nn.Sequential(collections.OrderedDict(conv=nn.Conv2d(3, 4, 3, bias=False), bn=nn.BatchNorm2d(4), act=nn.ReLU(), head=nn.Linear(4, 2)))
    net.bn.num_batches_tracked += 3
    net.bn.running_mean.uniform_(-1, 1)
    return net


def save(case, value, state, **how):
    torch.save(value, os.path.join(folder, case + ".pth"), **how)
    tensors = {key: [list(t.shape), t.detach().double().contiguous().flatten().tolist()] for key, t in state.items()}
    types = sorted({str(t.dtype).split(".")[-1] for t in state.values()})
    with open(os.path.join(folder, case + ".json"), "w") as out:
        json.dump({"types": types, "tensors": tensors}, out)


def cast(state, dtype):
    return collections.OrderedDict((k, v.to(dtype) if v.is_floating_point() else v) for k, v in state.items())


def views():
    base = torch.randn(6, 8)
    return {
        "whole": base, "turned": base.t(), "rows": base[2:4], "columns": base[:, 1::3], "every_other": base.flatten()[3::2],
        "channels_last": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last), "tied": base, "nothing": torch.empty(0, 3), "scalar": base[1, 1],
    }


def ours():
    """By the definition alone: eight bytes of length, JSON, raw numbers."""
    with open(os.path.join(folder, "ours.safetensors"), "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        numbers = file.read()
    assert all(entry["dtype"] == "F32" for entry in header.values())
    return {key: torch.frombuffer(bytearray(numbers[slice(*entry["data_offsets"])]), dtype=torch.float32).reshape(entry["shape"]) for key, entry in header.items()}


save("zip-ours", read := ours(), read)
for form, legacy in (("zip", False), ("legacy", True)):
    how = {"_use_new_zipfile_serialization": not legacy}
    net = network()
    state = net.state_dict()
    assert state._metadata, "state_dict has no _metadata: the case proves nothing"
    save(f"{form}-state_dict", state, state, **how)
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        save(f"{form}-{str(dtype).split('.')[-1]}", cast(state, dtype), cast(state, dtype), **how)
    save(f"{form}-views", views_ := views(), views_, **how)
    whole = {str(t).split(".")[-1]: torch.tensor([0, 1, 100], dtype=t) for t in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)}
    whole["bool"] = torch.tensor([True, False])
    save(f"{form}-integers", whole, whole, **how)
    save(f"{form}-parallel", nn.DataParallel(net).state_dict(), state, **how)
    save(f"{form}-compiled", {"_orig_mod." + k: v for k, v in state.items()}, state, **how)
    save(f"{form}-parameters", dict(net.named_parameters()), dict(net.named_parameters()), **how)
    optimizer = torch.optim.AdamW(net.parameters())
    sum(p.sum() for p in net.parameters()).backward()
    optimizer.step()
    trained = net.state_dict()
    save(f"{form}-checkpoint", {"epoch": 3, "best": 0.25, "note": "n", "optimizer": optimizer.state_dict(), "model": trained}, trained, **how)
    save(f"{form}-lightning", {"state_dict": trained, "lr_schedulers": [], "hyper": (1, None, True)}, trained, **how)
    averaged = collections.OrderedDict([("n_averaged", torch.tensor(5)), *(("module." + k, v * 2) for k, v in state.items())])
    save(f"{form}-averaged", {"model": state, "model_ema": averaged}, {k: v * 2 for k, v in state.items()}, **how)
    many = {f"layer.{i}": torch.full((2,), float(i)) for i in range(700)}
    held = {"state_dict": {"model." + k: v for k, v in state.items()}}
    save(f"{form}-held", held, state, **how)
    save(f"{form}-many", many, many, **how)
    save(f"{form}-protocol4", state, state, pickle_protocol=4, **how)
