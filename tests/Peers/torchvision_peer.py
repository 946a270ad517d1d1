"""Answers what torchvision's own networks are and compute: one JSON request a line on standard input, one JSON answer a line on standard output.

{"op": "keys", "name": N}                      names and shapes of the state_dict in order, and the count of learnt numbers
{"op": "prove", "name": N, "size": S, "batch": B, "classes": K, "file": F}
    fills the network from the counter-based generator below, takes statistics of batch norms from 10 training batches, and writes to F
    (raw little-endian float64, sorted out by "tensors": name, offset, count): the statistics; logits, gradients and new statistics in training mode;
    logits and gradients in evaluation mode; logits in evaluation mode in float32. "moves" has how far the logits move (relative to their norm)
    with another picture, and with each residual block replaced by the identity.
{"op": "evaluate", …}                          as "prove" with fewer batches, and writes the statistics and the logits in evaluation mode alone
{"op": "published", "name": N}                 torchvision's own notes on its weights: address, top-1 in percent, learnt numbers, crop, resize, interpolation
{"op": "learn", …}, {"op": "rates", …}      PyTorch's own optimisers, losses and schedules: see the functions
{"op": "chances", "name": N, "options": {}}    rates above 0 of dropout and stochastic depth in order of execution; options are torchvision's
"""
import copy
import json
import sys

import numpy
import torch
import torchvision

GOLDEN, BATCHES = numpy.uint64(0x9E3779B97F4A7C15), 10


def mix(z):
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> numpy.uint64(31))


def key_of(name):
    """FNV-1a."""
    key = 0xCBF29CE484222325
    for byte in name.encode():
        key = ((key ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return numpy.uint64(key)


def uniform(name, count, stream=0):
    with numpy.errstate(over="ignore"):
        counter = numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(2) + numpy.uint64(stream)
        return (mix(key_of(name) + counter * GOLDEN) >> numpy.uint64(11)).astype(numpy.float64) * (1.0 / (1 << 53))


def normal(name, count):
    return numpy.sqrt(-2 * numpy.log(1 - uniform(name, count))) * numpy.cos(2 * numpy.pi * uniform(name, count, 1))


def tensor(name, *shape):
    return torch.from_numpy(normal(name, int(numpy.prod(shape))).reshape(shape))


def value(name, shape, gain):
    count = int(numpy.prod(shape))
    if name.endswith("layer_scale") or (name.endswith("weight") and len(shape) == 1):
        return 0.5 + uniform(name, count)
    if "bias" in name or name.endswith(("class_token", "pos_embedding")):
        return 0.1 * normal(name, count)
    rows = normal(name, count).reshape(shape[0], -1)
    if gain != 1:
        rows = rows - rows.mean(axis=1, keepdims=True)
    return rows * (gain / numpy.prod(shape[1:])) ** 0.5


def same(tensor, *args, **kwargs):
    return tensor


for name in dir(torch.nn.init):  # every number is replaced anyway, and drawing 143 million takes seconds
    if name.endswith("_") and not name.startswith("_"):
        setattr(torch.nn.init, name, same)

DEIT = {"deit_tiny_patch16_224": (192, 3), "deit_small_patch16_224": (384, 6)}


def build(name, classes, size, **options):
    if name in DEIT:
        width, heads = DEIT[name]
        return torchvision.models.VisionTransformer(size or 224, 16, 12, heads, width, 4 * width, num_classes=classes, **options)
    if name.startswith("vit_") and size:
        options["image_size"] = size
    return torchvision.models.get_model(name, num_classes=classes, **options)


def keys(request):
    model = build(request["name"], 1000, 0)
    return {"keys": [[name, list(t.shape)] for name, t in model.state_dict().items()], "parameters": sum(p.numel() for p in model.parameters())}


def gain_of(model):
    # Without a norm rectifiers make all pictures alike: what they have in common is their mean, so the weights of an output add up to 0, and its gain makes up for the rest that is lost.
    norms = (torch.nn.BatchNorm2d, torch.nn.LayerNorm)
    return 1 if any(isinstance(m, norms) for m in model.modules()) else 3


def fill(model):
    gain = gain_of(model)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(value(name, tuple(parameter.shape), gain).reshape(parameter.shape)))


def train(model):
    """Training mode without chance."""
    model.train()
    for module in model.modules():
        if isinstance(module, (torch.nn.Dropout, torchvision.ops.StochasticDepth)):
            module.eval()


def statistics(model):
    return {name: t for name, t in model.named_buffers() if name.endswith(("running_mean", "running_var"))}


def take_statistics(model, batches):
    """Plain means over the batches: with the usual momentum a third of what they were at first would remain, and drown the picture."""
    momenta = {m: m.momentum for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)}
    for norm in momenta:
        norm.momentum = None
    with torch.no_grad():
        for batch in batches:
            model(batch)
    for norm, momentum in momenta.items():
        norm.momentum = momentum


def run(model, x, cotangent):
    model.zero_grad(set_to_none=True)
    logits = model(x)
    (logits * cotangent).sum().backward()
    answer = {"logits": logits.detach()}
    answer.update({"grad:" + name: p.grad for name, p in model.named_parameters()})
    return answer


def distance(a, b):
    return float((a - b).norm() / a.norm())


BLOCKS = ("BasicBlock", "Bottleneck", "InvertedResidual", "MBConv", "FusedMBConv", "CNBlock", "EncoderBlock", "SwinTransformerBlock")


def block_moves(model, x, logits):
    moves = {}
    for name, module in model.named_modules():
        if type(module).__name__ not in BLOCKS:
            continue
        shapes = []
        hook = module.register_forward_hook(lambda m, i, o: (shapes.append(i[0].shape == o.shape), i[0] if i[0].shape == o.shape else o)[1])
        with torch.no_grad():
            moved = distance(logits, model(x))
        hook.remove()
        if shapes[0]:
            moves[name] = moved
    return moves


def prepared(request, batches):
    size, batch = request["size"], request["batch"]
    model = build(request["name"], request["classes"], size).double()
    fill(model)
    train(model)
    if statistics(model):
        take_statistics(model, [tensor(f"batch{i}", batch, 3, size, size) for i in range(batches)])
    return model


def evaluate(request):
    model = prepared(request, 3)
    results = {"start:" + name: t for name, t in statistics(model).items()}
    with torch.no_grad():
        results["eval:logits"] = model.eval()(tensor("input", request["batch"], 3, request["size"], request["size"]))
    return {"tensors": write(results, request["file"]), "moves": {}}


def chances(request):
    model = build(request["name"], 10, 0, **request["options"]).train()
    seen = []
    for module in model.modules():
        if isinstance(module, (torch.nn.Dropout, torchvision.ops.StochasticDepth)):
            module.register_forward_hook(lambda m, i, o: seen.append([type(m).__name__, m.p]))
    side = getattr(model, "image_size", 64)
    with torch.no_grad():
        model(torch.zeros(2, 3, side, side))
    return {"chances": [chance for chance in seen if chance[1] > 0]}


def published(request):
    notes = []
    for weights in torchvision.models.get_model_weights(request["name"]):
        transform = weights.transforms()
        notes.append({
            "url": weights.url, "top1": weights.meta["_metrics"]["ImageNet-1K"]["acc@1"], "parameters": weights.meta["num_params"],
            "crop": transform.crop_size[0], "resize": transform.resize_size[0], "interpolation": transform.interpolation.value,
        })
    return {"published": [note for note in notes if note["top1"] == note["top1"]]}  # one file's is not a number


def prove(request):
    size, batch, classes = request["size"], request["batch"], request["classes"]
    model = prepared(request, BATCHES)
    x, cotangent = tensor("input", batch, 3, size, size), tensor("cotangent", batch, classes)
    results = {"start:" + name: t.clone() for name, t in statistics(model).items()}
    model.eval()
    results.update({"eval:" + name: t.clone() for name, t in run(model, x, cotangent).items()})
    logits = results["eval:logits"]
    with torch.no_grad():
        single = copy.deepcopy(model).float()
        results["float32:logits"] = single(x.float()).double()
        moves = {"picture": distance(logits, model(tensor("other", batch, 3, size, size))), **block_moves(single, x.float(), logits.float())}
        del single
    train(model)
    results.update({"train:" + name: t for name, t in run(model, x, cotangent).items()})
    results.update({"after:" + name: t for name, t in statistics(model).items()})
    return {"tensors": write(results, request["file"]), "moves": moves}


def optimizer_of(request, model):
    """PyTorch's own, with groups: weights with more than one dimension are decayed, and the head has the whole rate."""
    groups = {}
    for name, parameter in model.named_parameters():
        head = name.startswith(request["head"] + ".")
        groups.setdefault((head, parameter.ndim > 1), []).append(parameter)
    settings = [{"params": parameters, "lr": request["rate"] * (1 if head else request["backbone"]),
                 "weight_decay": request["decay"] if decays else 0} for (head, decays), parameters in groups.items()]
    return getattr(torch.optim, request["optimizer"])(settings, **request["options"])


def learn(request):
    """Trains in double precision: the loss before each step, and the mean of the squares of each tensor of the average at the end."""
    size, batch, classes = request["size"], request["batch"], request["classes"]
    model = build(request["name"], classes, size).double()
    fill(model)
    train(model)
    optimizer = optimizer_of(request, model)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [g["lr"] for g in optimizer.param_groups], total_steps=request["steps"], pct_start=request["rising"], cycle_momentum=False
    ) if request["rising"] else None
    weights = torch.tensor(request["weights"], dtype=torch.float64) if request["weights"] else None
    live = dict(model.named_parameters()) | statistics(model)
    average = {name: t.detach().clone() for name, t in live.items()}
    losses = []
    for step in range(1, request["steps"] + 1):
        which = step % 3  # the same three batches again and again, so that there is something to learn
        x = tensor(f"batch{which}", batch, 3, size, size).float().double()
        labels = (torch.arange(batch) * 7 + which) % classes
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), labels, weight=weights, label_smoothing=request["smoothing"])
        loss.backward()
        losses.append(float(loss))
        if request["clip"]:
            torch.nn.utils.clip_grad_norm_(model.parameters(), request["clip"])
        optimizer.step()
        if schedule:
            schedule.step()
        kept = min(request["average"], (1 + step) / (10 + step))
        with torch.no_grad():
            for name, t in live.items():
                average[name].mul_(kept).add_(t.detach(), alpha=1 - kept)
    return {"losses": losses, "average": {name: float(t.square().mean()) for name, t in average.items()}}


def rates(request):
    """The rate of each step by PyTorch's schedule of this name."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=request["rate"])
    schedule = getattr(torch.optim.lr_scheduler, request["schedule"])(optimizer, **request["options"])
    found = []
    for step in range(request["steps"]):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if request["losses"]:
            schedule.step(request["losses"][step])
        else:
            schedule.step()
    return {"rates": found}


def write(results, path):
    offset, index = 0, []
    with open(path, "wb") as file:
        for name, t in results.items():
            numbers = t.double().contiguous().numpy()
            file.write(numbers.tobytes())
            index.append([name, offset, numbers.size])
            offset += numbers.size
    return index


def main():
    torch.set_num_threads(1)  # beside other tests, two threads mostly wait for each other
    print(json.dumps({"torchvision": torchvision.__version__, "torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps({"keys": keys, "prove": prove, "evaluate": evaluate, "chances": chances, "published": published, "learn": learn, "rates": rates}[request["op"]](request)), flush=True)


if __name__ == "__main__":
    main()
