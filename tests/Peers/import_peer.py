"""Many small pictures, and what a script would do with them, for tests/Benchmarks/import.sh.

import_peer.py generate ZIP COUNT   writes COUNT different JPEG files of 128 x 128 pixels in ten folders
import_peer.py import ZIP FOLDER    unzips them and makes a thumbnail and a SHA-256 of each, prints pictures per second

Needs Debian's python3-pil and unzip.
"""
import hashlib
import io
import multiprocessing
import os
import subprocess
import sys
import time
import zipfile

from PIL import Image


def picture(number):
    noise = Image.effect_noise((16, 16), 90).resize((128, 128), Image.Resampling.BICUBIC)
    tint = Image.new("L", (128, 128), number * 37 % 256)
    file = io.BytesIO()
    Image.merge("RGB", (noise, Image.blend(noise, tint, 0.5), tint)).save(file, "JPEG", quality=85)
    return f"class {number % 10}/{number:07}.jpg", file.getvalue()


def generate(path, count):
    with multiprocessing.Pool() as pool, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in pool.imap(picture, range(count), chunksize=500):
            archive.writestr(name, content)


def thumbnail(path):
    with open(path, "rb") as file:
        content = file.read()
    image = Image.open(io.BytesIO(content))
    image.load()
    image = image.convert("RGB")
    image.thumbnail((256, 256))
    image.save(path + ".thumb", "JPEG", quality=85)
    return hashlib.sha256(content).hexdigest()


def run(archive, folder):
    began = time.monotonic()
    subprocess.run(["unzip", "-q", archive, "-d", folder], check=True)
    unzipped = time.monotonic()
    paths = [os.path.join(root, name) for root, _, names in os.walk(folder) for name in names]
    with multiprocessing.Pool() as pool:
        distinct = len(set(pool.imap_unordered(thumbnail, paths, chunksize=100)))
    ended = time.monotonic()
    print(f"unzip and Pillow, {os.cpu_count()} processes: {ended - began:.1f} s (unzip {unzipped - began:.1f} s), "
          f"{len(paths) / (ended - began):.0f} pictures/s, {distinct} different")


if __name__ == "__main__":
    if sys.argv[1] == "generate":
        generate(sys.argv[2], int(sys.argv[3]))
    else:
        run(sys.argv[2], sys.argv[3])
