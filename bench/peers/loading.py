"""Reads all pictures of a folder into one array of bytes, as Python does it, and says how long that took.

Usage: loading.py pillow|torchvision <folder> grey|RGB
"""
import json
import os
import sys
import time


def pillow(folder, mode):
    import numpy as np
    from PIL import Image

    def read():
        paths = sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
        first = np.asarray(Image.open(paths[0]).convert(mode))
        images = np.empty((len(paths), *first.shape), np.uint8)
        for i, path in enumerate(paths):
            with Image.open(path) as image:
                images[i] = image.convert(mode)
        return len(images)

    return read


def torchvision(folder, mode):
    import torch
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import v2

    def read():
        channels = 1 if mode == "L" else 3
        data = ImageFolder(folder, v2.Compose([v2.ToImage(), v2.Grayscale(1)] if channels == 1 else [v2.ToImage()]))
        loader = torch.utils.data.DataLoader(data, batch_size=256, num_workers=os.cpu_count())
        return len(torch.cat([images for images, _ in loader]))

    return read


name, folder, colours = sys.argv[1:]
try:
    read = {"pillow": pillow, "torchvision": torchvision}[name](folder, "L" if colours == "grey" else "RGB")
except Exception as error:  # Not installed, or versions that do not fit each other.
    print(json.dumps({"absent": f"{type(error).__name__}: {error}".splitlines()[0][:120]}))
    sys.exit()
start = time.perf_counter()
count = read()
print(json.dumps({"seconds": time.perf_counter() - start, "images": count}))
