"""Pictures a second of whole training steps (forward, backward, AdamW) of torchvision's networks on random pictures.

training_peer.py NETWORK BATCH THREADS MODE    prints one JSON object; MODE is one of

    written      as most scripts are: the default layout of memory, the allocator as it is
    float32      channels-last; the caller sets the allocator as the engine does
    bfloat16     that under autocast

Needs Debian's python3-torchvision and libopenblas0-pthread.
"""
import json
import resource
import sys
import time

import torch
from torchvision import models
from torchvision.models.vision_transformer import VisionTransformer

WARM_UP, STEPS = 2, 8


def network(name):
    if name == "vit_s_16":
        return VisionTransformer(
            image_size=224, patch_size=16, num_layers=12, num_heads=6, hidden_dim=384, mlp_dim=1536, num_classes=10)
    return getattr(models, name)(num_classes=10)


def main(name, batch, threads, mode):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    layout = torch.contiguous_format if mode == "written" else torch.channels_last
    net = network(name).to(memory_format=layout).train()
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3)
    loss_of = torch.nn.CrossEntropyLoss()
    pictures = torch.randn(batch, 3, 224, 224).to(memory_format=layout)
    labels = torch.randint(0, 10, (batch,))
    best = 0.0
    for step in range(WARM_UP + STEPS):
        began = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mode == "bfloat16"):
            logits = net(pictures)
        loss_of(logits.float(), labels).backward()
        optimiser.step()
        if step >= WARM_UP:
            best = max(best, batch / (time.perf_counter() - began))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"images_per_second": best, "peak_bytes": memory}))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
