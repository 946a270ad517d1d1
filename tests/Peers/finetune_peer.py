"""Fine-tunes torchvision's MobileNetV2 on a split of pictures, as two scripts would that people write themselves.

finetune_peer.py WEIGHTS SPLIT tutorial|strong SEED    prints one JSON object

SPLIT is a JSON file: {"classes": 5, "train": [["picture.jpg", 0], ...], "val": [...], "test": [...]}.

tutorial: AdamW with 1e-3 for all weights, random resized crop, flip, colour jitter, rotation, plateau schedule, 6 epochs.
strong: a tenth of the classifier's rate for the backbone, label smoothing, warm-up and cosine, no decay of norms and biases, 10 epochs.

Both keep the epoch that was best on the validation pictures. The allocator is tuned as the caller's environment says. Needs Debian's
python3-torchvision and libopenblas0-pthread.
"""
import json
import math
import os
import sys
import time

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import models, transforms

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
BATCH = 32


def training_changes(scale):
    return transforms.Compose([
        transforms.RandomResizedCrop(224, scale=scale),
        transforms.RandomHorizontalFlip(),
        transforms.ColorJitter(0.2, 0.2, 0.2),
        transforms.RandomRotation(15, interpolation=transforms.InterpolationMode.BILINEAR),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, STD),
    ])


AS_SERVED = transforms.Compose([
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
    transforms.Normalize(MEAN, STD),
])


class Pictures(Dataset):
    def __init__(self, entries, changes):
        self.entries, self.changes = entries, changes

    def __len__(self):
        return len(self.entries)

    def __getitem__(self, index):
        path, label = self.entries[index]
        return self.changes(Image.open(path).convert("RGB")), label


def logits_of(net, loader):
    net.eval()
    with torch.no_grad():
        parts = [(net(x.to(memory_format=torch.channels_last)), y) for x, y in loader]
    return torch.cat([p for p, _ in parts]), torch.cat([y for _, y in parts])


def decayed_and_not(named):
    decayed = [p for _, p in named if p.dim() > 1]
    return decayed, [p for _, p in named if p.dim() <= 1]


def strong_optimiser(net):
    groups = []
    for prefix, rate in (("features", 2e-4), ("classifier", 2e-3)):
        decayed, rest = decayed_and_not([(n, p) for n, p in net.named_parameters() if n.startswith(prefix)])
        groups += [{"params": decayed, "lr": rate, "weight_decay": 1e-2}, {"params": rest, "lr": rate, "weight_decay": 0}]
    return torch.optim.AdamW(groups)


def main(weights, split, mode, seed):
    began = time.perf_counter()
    torch.manual_seed(seed)
    torch.set_num_threads(os.cpu_count())
    with open(split) as file:
        data = json.load(file)
    strong = mode == "strong"
    epochs = 10 if strong else 6
    train = DataLoader(
        Pictures(data["train"], training_changes((0.35, 1) if strong else (0.08, 1))),
        batch_size=BATCH, shuffle=True, drop_last=True, num_workers=2, persistent_workers=True)
    val, test = (DataLoader(Pictures(data[name], AS_SERVED), batch_size=BATCH, num_workers=2) for name in ("val", "test"))

    net = models.mobilenet_v2()
    net.load_state_dict(torch.load(weights))
    net.classifier[1] = nn.Linear(net.last_channel, data["classes"])
    net = net.to(memory_format=torch.channels_last)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.1 if strong else 0)
    steps = epochs * len(train)
    if strong:
        optimiser = strong_optimiser(net)
        warm = steps // 10
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda s: (s + 1) / warm if s < warm else 0.5 + 0.5 * math.cos(math.pi * (s - warm) / (steps - warm)))
    else:
        optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3)
        schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, factor=0.5, patience=2)

    best, kept, curve = -1.0, None, []
    for _ in range(epochs):
        net.train()
        for inputs, labels in train:
            optimiser.zero_grad(set_to_none=True)
            loss = loss_of(net(inputs.to(memory_format=torch.channels_last)), labels)
            loss.backward()
            optimiser.step()
            if strong:
                schedule.step()
        logits, labels = logits_of(net, val)
        if not strong:
            schedule.step(nn.functional.cross_entropy(logits, labels))
        accuracy = (logits.argmax(1) == labels).double().mean().item()
        curve.append({"seconds": round(time.perf_counter() - began, 1), "validation": accuracy})
        print(curve[-1], file=sys.stderr, flush=True)
        if accuracy > best:
            best, kept = accuracy, {name: value.clone() for name, value in net.state_dict().items()}
    net.load_state_dict(kept)
    logits, labels = logits_of(net, test)
    seconds = time.perf_counter() - began
    right = (logits.argmax(1) == labels).int().tolist()
    print(json.dumps({"seconds": seconds, "accuracy": sum(right) / len(right), "right": right, "epochs": curve}))


main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
