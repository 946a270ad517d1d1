"""What torchvision makes of a picture at fixed parameters, for tests/Imaging.Tests.

augment_peer.py generate FOLDER   writes a picture, expected pixels (*.rgb: packed RGB) and cases.json

Needs Debian's python3-torchvision and python3-pil.
"""
import json
import os
import sys

import torch
from PIL import Image
from torchvision.transforms import AutoAugment, InterpolationMode, RandAugment, TrivialAugmentWide
from torchvision.transforms import functional as F
from torchvision.transforms.autoaugment import AutoAugmentPolicy, _apply_op

sys.dont_write_bytecode = True
from pillow_peer import Writer, photo  # noqa: E402

BILINEAR = InterpolationMode.BILINEAR
FILL = (10, 200, 30)


def flips_and_crops(writer, picture, file):
    writer.case("flip-vertical", "flip", file, F.vflip(picture))
    for padding, x, y, width, height in ((4, 0, 0, 173, 118), (4, 8, 3, 173, 118), (30, 55, 60, 90, 64), (200, 0, 0, 60, 60)):
        cut = F.crop(F.pad(picture, padding, FILL), y, x, height, width)
        writer.case("padded-crop", f"{padding}-{x}-{y}", file, cut, x=x - padding, y=y - padding, width=width, height=height)
    for x, y, width, height in ((0, 0, 173, 118), (20, 30, 50, 41), (172, 117, 1, 1)):
        tensor = F.erase(F.pil_to_tensor(picture), y, x, height, width, torch.tensor(FILL, dtype=torch.uint8)[:, None, None])
        writer.case("erase", f"{x}-{y}", file, F.to_pil_image(tensor), x=x, y=y, width=width, height=height)


def affine(writer, picture, file):
    changes = [(0, 0, 0, 1, 0, 0), (0, 17, -9, 1, 0, 0), (0, 0, 0, 1.37, 0, 0), (0, 0, 0, 0.6, 0, 0), (0, 0, 0, 1, 20, 0), (0, 0, 0, 1, 0, -13),
               (33, 0, 0, 1, 0, 0), (-12.5, 5, 11, 0.8, 9, 4), (77, -40, 3, 1.9, -30, 25)]
    for degrees, x, y, scale, shear_x, shear_y in changes:
        expected = F.affine(picture, degrees, [x, y], scale, [shear_x, shear_y], BILINEAR, FILL)
        writer.case("affine", f"{degrees}_{x}_{y}_{scale}_{shear_x}_{shear_y}", file, expected, degrees=degrees, shiftX=x, shiftY=y, scale=scale,
                    shearX=shear_x, shearY=shear_y)


def perspective(writer, picture, file):
    width, height = picture.size
    own = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    for name, corners in (("same", own),
                          ("narrow-top", [[30, 0], [140, 0], [172, 117], [0, 117]]),
                          ("all", [[12, 20], [150, 5], [160, 110], [33, 80]]),
                          ("strong", [[60, 40], [120, 50], [172, 117], [3, 100]])):
        writer.case("perspective", name, file, F.perspective(picture, own, corners, BILINEAR, FILL), corners=sum(corners, []))


def colours(writer, picture, file):
    for turn in (-0.5, -0.31, -0.1, -0.004, 0, 0.004, 0.05, 0.2, 0.5):
        writer.case("hue", f"{turn}", file, F.adjust_hue(picture, turn), turn=turn)
    writer.case("grayscale", "gray", file, F.to_grayscale(picture, 3))
    for size, sigma in ((3, 0.1), (3, 2), (5, 1.1), (13, 2), (23, 3.3), (61, 10)):
        writer.case("blur", f"{size}-{sigma}", file, F.gaussian_blur(picture, [size, size], [sigma, sigma]), size=size, sigma=sigma)
    for factor in (0, 0.4, 1, 1.5, 2):
        writer.case("sharpness", f"{factor}", file, F.adjust_sharpness(picture, factor), factor=factor)
    for bits in range(1, 9):
        writer.case("posterize", f"{bits}", file, F.posterize(picture, bits), bits=bits)
    for threshold in (0, 99.5, 128, 255, 256):
        writer.case("solarize", f"{threshold}", file, F.solarize(picture, threshold), threshold=threshold)
    writer.case("invert", "invert", file, F.invert(picture))


def histograms(writer, picture):
    """Few colours, one colour and faint ones too: their histograms have few levels."""
    pictures = {"photo": picture, "faint": Image.eval(picture, lambda v: 90 + v // 7), "posterised": F.posterize(picture, 2),
                "one-colour": Image.new("RGB", (40, 30), (9, 130, 255)), "tiny": picture.crop((5, 5, 12, 9)),
                "two-colours": Image.eval(picture, lambda v: 20 if v < 100 else 21)}
    for name, image in pictures.items():
        file = f"histogram-{name}.png"
        image.save(writer.path(file))
        writer.case("equalize", name, file, F.equalize(image))
        writer.case("autocontrast", name, file, F.autocontrast(image))


OPERATIONS = [("ShearX", -0.7), ("ShearX", 0.3), ("ShearY", 0.99), ("ShearY", -0.2), ("TranslateX", 31.9), ("TranslateX", -12.4), ("TranslateY", -7.7),
              ("Rotate", -30), ("Rotate", 120), ("Brightness", -0.99), ("Brightness", 0.5), ("Color", 0.9), ("Contrast", -0.4), ("Sharpness", 0.99),
              ("Posterize", 4), ("Solarize", 76.5), ("AutoContrast", 0), ("Equalize", 0), ("Invert", 0), ("Identity", 0)]


def policies(writer, picture, file):
    for operation, magnitude in OPERATIONS:
        expected = _apply_op(picture, operation, magnitude, BILINEAR, FILL)
        writer.case("operation", f"{operation}-{magnitude}", file, expected, operation=operation, magnitude=magnitude)
    width, height = 224, 160
    spaces = {"autoaugment": AutoAugment()._augmentation_space(10, (height, width)),
              "randaugment": RandAugment()._augmentation_space(31, (height, width)),
              "trivialaugment-wide": TrivialAugmentWide()._augmentation_space(31)}
    pixel = Image.new("RGB", (1, 1))
    for policy, space in spaces.items():
        for operation, (magnitudes, signed) in space.items():
            values = magnitudes.tolist() if magnitudes.ndim else []
            writer.case("space", f"{policy}-{operation}", file, pixel, policy=policy, operation=operation, magnitudes=values, signed=signed)
    for number, pair in enumerate(AutoAugment()._get_policies(AutoAugmentPolicy.IMAGENET)):
        steps = [{"operation": name, "probability": p, "magnitude": -1 if bin is None else bin} for name, p, bin in pair]
        writer.case("pairs", f"{number:02}", file, pixel, steps=steps)


def generate(folder):
    os.makedirs(folder, exist_ok=True)
    writer = Writer(folder)
    picture, file = photo(173, 118), "augment.png"
    picture.save(writer.path(file))
    for part in (flips_and_crops, affine, perspective, colours, policies):
        part(writer, picture, file)
    histograms(writer, picture)
    with open(writer.path("cases.json"), "w") as out:
        json.dump(writer.cases, out)


if __name__ == "__main__":
    generate(sys.argv[2])
