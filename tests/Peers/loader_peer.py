"""Batches a second that torchvision's DataLoader makes of a folder of JPEG files: decode, augment, normalise, collate.

loader_peer.py FOLDER WORKERS    prints pictures per second as JSON: the best of three epochs, counted from the first batch on

Needs Debian's python3-torchvision.
"""
import json
import os
import sys
import time

import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

torch.set_num_threads(1)

CHANGES = transforms.Compose([
    transforms.RandomResizedCrop(224, scale=(0.35, 1)),
    transforms.RandomHorizontalFlip(),
    transforms.RandomRotation(15, interpolation=transforms.InterpolationMode.BILINEAR),
    transforms.ColorJitter(0.2, 0.2, 0.2),
    transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
])


class Pictures(Dataset):
    def __init__(self, folder):
        self.files = sorted(os.path.join(folder, name) for name in os.listdir(folder))

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        return CHANGES(Image.open(self.files[index]).convert("RGB")), 0


def main(folder, workers):
    loader = DataLoader(Pictures(folder), batch_size=32, shuffle=True, num_workers=workers, drop_last=True, persistent_workers=True)
    best = 0.0
    for _ in range(3):
        batches = iter(loader)
        next(batches)
        started, count = time.perf_counter(), 0
        for inputs, _ in batches:
            count += len(inputs)
        best = max(best, count / (time.perf_counter() - started))
    print(json.dumps({"images_per_second": best}))


main(sys.argv[1], int(sys.argv[2]))
