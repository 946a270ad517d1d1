"""Pictures and what Pillow makes of them, for tests/Imaging.Tests and tests/Benchmarks.

pillow_peer.py generate FOLDER   writes pictures, expected pixels (*.rgb: packed RGB) and cases.json
pillow_peer.py decode FILES...   writes FILE.rgb (what Pillow decodes) beside each
pillow_peer.py bench FOLDER      decodes and preprocesses every file of FOLDER, prints pictures per second as JSON

Needs Debian's python3-pil and nothing else.
"""
import json
import os
import struct
import sys
import time
import zlib

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

BILINEAR = Image.Resampling.BILINEAR


def photo(width, height):
    """Gradients, shapes and noise: flat parts, sharp edges and texture."""
    bands = []
    for shift in range(3):
        ramp = Image.linear_gradient("L").rotate(40 * shift).resize((width, height))
        bands.append(Image.blend(ramp, Image.effect_noise((width, height), 60), 0.35))
    image = Image.merge("RGB", bands)
    draw = ImageDraw.Draw(image)
    draw.ellipse((width // 5, height // 5, width // 2 + 1, height // 2 + 1), fill=(250, 20, 10))
    draw.rectangle((width // 2, height // 2, width * 4 // 5, height * 4 // 5), fill=(5, 240, 90))
    draw.line((0, 0, width, height), fill=(255, 255, 255))
    return image


def upright(image):
    """The conversion this project defines: EXIF once, alpha over white, RGB."""
    image = ImageOps.exif_transpose(image)
    if image.mode in ("LA", "RGBA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, (255, 255, 255))
        white.paste(image, mask=image.getchannel("A"))
        return white
    return image.convert("RGB")


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data.tobytes()


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width, height, depth, color, rows, interlace=0):
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Writer:
    def __init__(self, folder):
        self.folder = folder
        self.cases = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def case(self, group, name, file, expected, **args):
        with open(self.path(f"{group}-{name}.rgb"), "wb") as out:
            out.write(expected.tobytes())
        self.cases.append({"group": group, "name": name, "file": file, "expected": f"{group}-{name}.rgb",
                           "width": expected.width, "height": expected.height, "args": args})

    def decode(self, group, name, extension, image, **options):
        file = f"{name}.{extension}"
        image.save(self.path(file), **options)
        self.case(group, name, file, upright(Image.open(self.path(file))))

    def raw(self, group, name, extension, data, expected):
        file = f"{name}.{extension}"
        with open(self.path(file), "wb") as out:
            out.write(data)
        self.case(group, name, file, expected)


def lossless(writer):
    picture = photo(61, 37)
    alpha = Image.linear_gradient("L").resize((61, 37))
    faint = picture.copy()
    faint.putalpha(alpha)
    group = "lossless"
    writer.decode(group, "png-rgb", "png", picture)
    writer.decode(group, "png-gray", "png", picture.convert("L"))
    writer.decode(group, "png-1-bit", "png", picture.convert("1"))
    writer.decode(group, "png-palette", "png", picture.convert("P", palette=Image.Palette.ADAPTIVE))
    writer.decode(group, "png-palette-alpha", "png", faint.quantize(64, method=Image.Quantize.FASTOCTREE))
    writer.decode(group, "png-palette-transparent", "png", picture.quantize(16), transparency=3)
    writer.decode(group, "png-rgba", "png", faint)
    writer.decode(group, "png-gray-alpha", "png", faint.convert("LA"))
    writer.decode(group, "png-icc", "png", picture, icc_profile=foreign_profile())
    writer.decode(group, "bmp-24", "bmp", picture)
    writer.decode(group, "bmp-palette", "bmp", picture.quantize(200))
    writer.decode(group, "bmp-gray", "bmp", picture.convert("L"))
    writer.decode(group, "bmp-1-bit", "bmp", picture.convert("1"))
    writer.decode(group, "webp-lossless", "webp", picture, lossless=True)
    writer.decode(group, "webp-alpha", "webp", faint, lossless=True, exact=True)
    writer.decode(group, "webp-exif", "webp", picture, lossless=True, exif=exif(6))
    writer.decode(group, "gif", "gif", picture.quantize(256))
    frames = [picture.quantize(64), picture.rotate(90).quantize(64), picture.rotate(180).quantize(64)]
    writer.decode(group, "gif-animated", "gif", frames[0], save_all=True, append_images=frames[1:], duration=50)
    moving = [picture, picture.rotate(90), picture.rotate(180)]
    writer.decode(group, "webp-animated", "webp", moving[0], save_all=True, append_images=moving[1:], lossless=True)
    writer.decode(group, "png-animated", "png", moving[0], save_all=True, append_images=moving[1:])
    for orientation in range(1, 9):
        writer.decode(group, f"png-exif-{orientation}", "png", picture, exif=exif(orientation))
    deep(writer)


def deep(writer):
    """What Pillow cannot write: 16 bits a channel (the high byte is the 8-bit value), and an interlaced line."""
    width, height = 33, 9
    values = [(x * 1985 + y * 7281 + band * 20011) & 0xFFFF for y in range(height) for x in range(width) for band in range(3)]
    rows = b"".join(b"\0" + struct.pack(f">{width * 3}H", *values[y * width * 3:(y + 1) * width * 3]) for y in range(height))
    writer.raw("deep", "png-16-rgb", "png", png(width, height, 16, 2, rows), Image.frombytes("RGB", (width, height), bytes(v >> 8 for v in values)))
    gray = values[:width * height]
    rows = b"".join(b"\0" + struct.pack(f">{width}H", *gray[y * width:(y + 1) * width]) for y in range(height))
    writer.raw("deep", "png-16-gray", "png", png(width, height, 16, 0, rows), Image.frombytes("L", (width, height), bytes(v >> 8 for v in gray)).convert("RGB"))
    line = bytes((x * 7) & 0xFF for x in range(16384))
    passes = b"".join(b"\0" + line[start::step] for start, step in ((0, 8), (4, 8), (2, 4), (1, 2)))
    writer.raw("lossless", "png-interlaced-line", "png", png(16384, 1, 8, 0, passes, interlace=1), Image.frombytes("L", (16384, 1), line).convert("RGB"))


def foreign_profile():
    """A colour profile that is not sRGB's, were it converted: Pillow's own sRGB with its red and blue primaries exchanged."""
    from PIL import ImageCms
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    return bytes(data.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ"))


def lossy(writer):
    picture = photo(203, 149)
    group = "lossy"
    for subsampling in (0, 1, 2):
        writer.decode(group, f"jpeg-subsampling-{subsampling}", "jpg", picture, quality=88, subsampling=subsampling)
    writer.decode(group, "jpeg-progressive", "jpg", picture, quality=80, progressive=True)
    writer.decode(group, "jpeg-gray", "jpg", picture.convert("L"), quality=90)
    writer.decode(group, "jpeg-cmyk", "jpg", picture.convert("CMYK"), quality=95)
    writer.decode(group, "jpeg-quality-30", "jpg", picture, quality=30)
    writer.decode(group, "jpeg-icc", "jpg", picture, quality=88, icc_profile=foreign_profile())
    writer.decode(group, "webp-lossy", "webp", picture, quality=80)
    for orientation in range(1, 9):
        writer.decode(group, f"jpeg-exif-{orientation}", "jpg", picture, quality=90, exif=exif(orientation))


SIZES = [(1, 1), (1, 97), (131, 1), (7, 5), (37, 61), (61, 37), (64, 64), (227, 227), (501, 373), (373, 501), (1001, 83), (83, 1001)]
TARGETS = [(1, 1), (3, 200), (32, 32), (61, 37), (224, 224), (299, 257)]


def resizing(writer):
    for size in SIZES:
        picture = photo(*size) if min(size) > 4 else Image.effect_noise(size, 90).convert("RGB")
        file = f"resize-{size[0]}x{size[1]}.png"
        picture.save(writer.path(file))
        for target in TARGETS:
            writer.case("resize", f"{size[0]}x{size[1]}-{target[0]}x{target[1]}", file, picture.resize(target, BILINEAR))


def preprocessing(writer):
    shapes = [(227, 227), (501, 373), (373, 501), (1403, 211), (211, 1403), (97, 61), (256, 300), (1024, 768)]
    for width, height in shapes:
        for orientation in (1, 6):
            file = f"preprocess-{width}x{height}-{orientation}.png"
            photo(width, height).save(writer.path(file), exif=exif(orientation))
            for shorter, crop in ((256, 224), (73, 64), (32, 31)):
                expected = evaluate(writer.path(file), shorter, crop)
                writer.case("preprocess", f"{width}x{height}-{orientation}-{crop}", file, expected, shorter=shorter, crop=crop, rule=0)
            for rule in (1, 2):
                expected = whole(writer.path(file), 64, rule)
                writer.case("preprocess", f"{width}x{height}-{orientation}-rule-{rule}", file, expected, shorter=64, crop=64, rule=rule)
            gray = whole(writer.path(file), 63, 2).convert("L").convert("RGB")
            writer.case("preprocess-gray", f"{width}x{height}-{orientation}", file, gray, shorter=63, crop=63, rule=2)


def whole(file, side, rule):
    """1: both sides resized. 2: the longer side resized, the rest filled."""
    image = upright(Image.open(file))
    if rule == 1:
        return image.resize((side, side), BILINEAR)
    return ImageOps.pad(image, (side, side), BILINEAR, (10, 200, 30))


def evaluate(file, shorter, crop):
    """torchvision's Resize(shorter), CenterCrop(crop) on a PIL image."""
    image = upright(Image.open(file))
    width, height = image.size
    size = (shorter, int(shorter * height / width)) if width <= height else (int(shorter * width / height), shorter)
    image = image.resize(size, BILINEAR)
    left, top = int(round((size[0] - crop) / 2.0)), int(round((size[1] - crop) / 2.0))
    return image.crop((left, top, left + crop, top + crop))


def training(writer):
    picture = photo(173, 118)
    picture.save(writer.path("training.png"))
    for x, y, width, height, size in ((0, 0, 173, 118, 64), (11, 7, 99, 61, 64), (60, 50, 20, 33, 96)):
        cut = picture.crop((x, y, x + width, y + height)).resize((size, size), BILINEAR)
        writer.case("crop", f"{x}-{y}-{width}-{height}", "training.png", cut, x=x, y=y, width=width, height=height, size=size)
    for degrees in (-30, -7.5, 0, 3, 12.25, 45, 90, 180, 270, 359):
        writer.case("rotate", f"{degrees}", "training.png", picture.rotate(degrees, BILINEAR, fillcolor=(10, 200, 30)), degrees=degrees)
    for brightness, contrast, saturation in ((1, 1, 1), (0.6, 1, 1), (1.7, 1, 1), (1, 0.4, 1), (1, 1.9, 1), (1, 1, 0), (1, 1, 1.8), (0.83, 1.21, 0.77)):
        image = ImageEnhance.Brightness(picture).enhance(brightness)
        image = ImageEnhance.Contrast(image).enhance(contrast)
        image = ImageEnhance.Color(image).enhance(saturation)
        writer.case("color", f"{brightness}-{contrast}-{saturation}", "training.png", image, brightness=brightness, contrast=contrast, saturation=saturation)
    writer.case("flip", "flip", "training.png", ImageOps.mirror(picture))


def generate(folder):
    os.makedirs(folder, exist_ok=True)
    writer = Writer(folder)
    for part in (lossless, lossy, resizing, preprocessing, training):
        part(writer)
    with open(writer.path("cases.json"), "w") as out:
        json.dump(writer.cases, out)


def decode(files):
    for file in files:
        with open(file + ".rgb", "wb") as out:
            out.write(upright(Image.open(file)).tobytes())


def bench(folder):
    """Best of five passes over the folder: decode, resize to 256, crop 224, to bytes (torchvision's ToTensor is not Pillow's)."""
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    best = 0.0
    for _ in range(5):
        started = time.perf_counter()
        for file in files:
            evaluate(file, 256, 224).tobytes()
        best = max(best, len(files) / (time.perf_counter() - started))
    print(json.dumps({"images_per_second": best}))


if __name__ == "__main__":
    verb, rest = sys.argv[1], sys.argv[2:]
    if verb == "generate":
        generate(rest[0])
    elif verb == "decode":
        decode(rest)
    else:
        bench(rest[0])
