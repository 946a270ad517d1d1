"""Trains torchvision's ResNet-18 on a split of small pictures from random numbers for a given time, as a script would that people write.

scratch_peer.py SPLIT SIDE SECONDS SEED    prints one JSON object

SPLIT is a JSON file: {"classes": 10, "train": [["picture.jpg", 0], ...], "val": [...], "test": [...]}.

SGD with Nesterov momentum, one cycle over the time, weight decay 5e-4, random crop with padding and flip, batch 64, channels-last. Pictures
are decoded once and kept in memory. It keeps the epoch that was best on the validation pictures; the time covers all of it but the test.
"""
import json
import math
import os
import sys
import time

import torch
from PIL import Image
from torch import nn
from torchvision import models, transforms
from torchvision.transforms import functional as F

MEAN, STD = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1), torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
BATCH, RATE, DECAY, WARM = 64, 0.05, 5e-4, 0.2


def load(entries, side):
    resize = transforms.Resize((side, side))
    pictures = torch.stack([(F.to_tensor(resize(Image.open(path).convert("RGB"))) - MEAN) / STD for path, _ in entries])
    return pictures, torch.tensor([label for _, label in entries])


def changed(batch, side):
    padded = F.pad(batch, [side // 8] * 4)
    parts = []
    for picture in padded:
        top, left = (int(torch.randint(0, side // 4 + 1, ())) for _ in range(2))
        part = picture[:, top:top + side, left:left + side]
        parts.append(part.flip(2) if torch.rand(()) < 0.5 else part)
    return torch.stack(parts).contiguous(memory_format=torch.channels_last)


def logits_of(net, pictures):
    net.eval()
    with torch.no_grad():
        return torch.cat([net(part.contiguous(memory_format=torch.channels_last)) for part in pictures.split(BATCH)])


def rate_at(share):
    if share < WARM:
        return RATE * max(0.04, share / WARM)
    return RATE * (0.5 + 0.5 * math.cos(math.pi * min(1.0, (share - WARM) / (1 - WARM))))


def main(split, side, limit, seed):
    began = time.perf_counter()
    torch.manual_seed(seed)
    torch.set_num_threads(os.cpu_count())
    with open(split) as file:
        data = json.load(file)
    (train, labels), (val, val_labels), (test, test_labels) = (load(data[name], side) for name in ("train", "val", "test"))
    net = models.resnet18(num_classes=data["classes"]).to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(net.parameters(), lr=RATE, momentum=0.9, nesterov=True, weight_decay=DECAY)
    loss_of = nn.CrossEntropyLoss()
    best, kept, epochs, each = -1.0, None, 0, 0.0
    while time.perf_counter() - began + each < limit or kept is None:
        epoch_began = time.perf_counter()
        net.train()
        for index in torch.randperm(len(labels)).split(BATCH)[:-1]:
            for group in optimiser.param_groups:
                group["lr"] = rate_at((time.perf_counter() - began) / limit)
            optimiser.zero_grad(set_to_none=True)
            loss_of(net(changed(train[index], side)), labels[index]).backward()
            optimiser.step()
        accuracy = (logits_of(net, val).argmax(1) == val_labels).double().mean().item()
        epochs, each = epochs + 1, time.perf_counter() - epoch_began
        print(epochs, round(time.perf_counter() - began, 1), accuracy, file=sys.stderr, flush=True)
        if accuracy > best:
            best, kept = accuracy, {name: value.clone() for name, value in net.state_dict().items()}
    seconds = time.perf_counter() - began
    net.load_state_dict(kept)
    right = (logits_of(net, test).argmax(1) == test_labels).int().tolist()
    print(json.dumps({"seconds": seconds, "accuracy": sum(right) / len(right), "right": right, "epochs": epochs}))


main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
