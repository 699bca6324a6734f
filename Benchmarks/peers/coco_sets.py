"""Makes small random data sets with what pycocotools says about them, for VisionMetricsTests.

    coco_sets.py > Tests/VisionMetricsTests/Resources/coco/random.json

`sets`: `images` [id, height, width], `categories` [id], `truths` [image, category, iscrowd, ignore, area, box, counts],
`detections` [image, category, score, box, counts], and `expected`, the twelve numbers for boxes and segmentations, by
category and class-agnostic. `polygons` and `pairs` are masks.
"""
import json
import sys

import numpy as np
from pycocotools import mask as masks

from coco_numbers import NAMES, numbers

random = np.random.Generator(np.random.PCG64(18))


def encode(pixels):
    return masks.encode(np.asfortranarray(pixels.astype(np.uint8)))


def text(mask):
    return mask["counts"].decode("ascii")


def shape(height, width):
    """An ellipse, a box, or a box with a hole, that may reach over the border."""
    y, x = np.mgrid[:height, :width]
    b, a = random.uniform(0.5, height / 2), random.uniform(0.5, width / 2)
    y, x = np.abs(y - random.integers(0, height)) / b, np.abs(x - random.integers(0, width)) / a
    kind = random.integers(0, 3)
    if kind == 0:
        return x * x + y * y <= 1
    whole = (x <= 1) & (y <= 1)
    return whole if kind == 1 else whole & ((x > 0.5) | (y > 0.5))


def moved(pixels, most):
    dy, dx = (int(random.integers(-most, most + 1)) for _ in range(2))
    result = np.zeros_like(pixels)
    height, width = pixels.shape
    result[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)] = pixels[
        max(-dy, 0) : height - max(dy, 0), max(-dx, 0) : width - max(dx, 0)
    ]
    return result


def box(pixels):
    return [float(v) for v in masks.toBbox(encode(pixels))]


def shaken(box, scale):
    x, y, w, h = (v + round(float(random.normal(0, scale)), 1) for v in box)
    return [round(x, 1), round(y, 1), round(max(w, 0), 1), round(max(h, 0), 1)]


def numbers_of(count):
    """Numbers with gaps that may begin at 0."""
    return sorted(int(v) for v in random.choice(2 * count + 1, count, replace=False))


def make(index):
    # Narrow images have short texts, and objects of all sizes.
    images = [
        {"id": i, "height": int(random.integers(8, 260)), "width": int(random.integers(3, 44))}
        for i in numbers_of(int(random.integers(1, 5)))
    ]
    categories = numbers_of(int(random.integers(1, 4)))
    truths, detections = [], []
    has_crowds, has_ignored = random.random() < 0.4, random.random() < 0.3
    noise = random.uniform(0, 4)
    digits = int(random.integers(1, 4))

    def score(low, high):
        return round(float(random.uniform(low, high)), digits)

    def detect(image, category, pixels, box, score):
        detections.append(
            {"image_id": image["id"], "category_id": category, "score": score, "bbox": box, "pixels": pixels})

    for image in images:
        size = image["height"], image["width"]
        for _ in range(int(random.integers(0, 7))):
            pixels = shape(*size)
            category = int(random.choice(categories))
            is_crowd = int(has_crowds and random.random() < 0.3)
            # An object's area need not be that of its mask.
            area = int(pixels.sum()) if random.random() < 0.7 else int(10 ** random.uniform(0.5, 4.5))
            if random.random() < 0.1:
                area = int(random.choice([1024, 9216]))
            truth = {
                "image_id": image["id"], "category_id": category, "iscrowd": is_crowd,
                "ignore": int(has_ignored and random.random() < 0.3), "area": area, "bbox": box(pixels),
                "pixels": pixels,
            }
            truths.append(truth)
            if random.random() < 0.1:
                truths.append(dict(truth, area=area + 200))
            for _ in range(int(random.choice([0, 1, 1, 1, 2, 3 if is_crowd else 2]))):
                found = moved(pixels, int(noise))
                other = category if random.random() < 0.9 else int(random.choice(categories))
                detect(image, other, found, shaken(box(found), noise / 2), score(0.2, 1))
        for _ in range(int(random.integers(0, 3))):
            pixels = shape(*size)
            detect(image, int(random.choice(categories)), pixels, shaken(box(pixels), 1), score(0, 0.8))
    if index % 60 == 7 and truths:
        # More than are looked at.
        truth = truths[0]
        image = next(i for i in images if i["id"] == truth["image_id"])
        for _ in range(115):
            pixels = np.zeros_like(truth["pixels"])
            y, x = int(random.integers(0, image["height"])), int(random.integers(0, image["width"]))
            pixels[y : y + 3, x : x + 3] = 1
            detect(image, truth["category_id"], pixels, shaken(box(pixels), 1), score(0, 1))
    if index % 40 == 3:
        detections = []
    if index % 40 == 5:
        truths = []
    order = random.permutation(len(detections))
    detections = [detections[i] for i in order]
    for entry in truths + detections:
        entry["segmentation"] = encode(entry.pop("pixels"))
    truth = {"images": images, "categories": [{"id": c} for c in categories], "annotations": truths}
    expected = {}
    for kind in ["box", "segmentation"]:
        for is_class_agnostic in [False, True]:
            found = numbers(truth, detections, kind, is_class_agnostic)
            expected[kind + " class-agnostic" * is_class_agnostic] = [round(found[name], 9) for name in NAMES]
    return {
        "images": [[i["id"], i["height"], i["width"]] for i in images],
        "categories": categories,
        "truths": [
            [t["image_id"], t["category_id"], t["iscrowd"], t["ignore"], t["area"], t["bbox"], text(t["segmentation"])]
            for t in truths
        ],
        "detections": [
            [d["image_id"], d["category_id"], d["score"], d["bbox"], text(d["segmentation"])] for d in detections
        ],
        "expected": expected,
    }


def polygons():
    height, width = (int(v) for v in random.integers(1, 40, 2))
    parts = []
    for _ in range(int(random.integers(1, 4))):
        corners = int(random.integers(3, 9))
        digits = int(random.integers(0, 4))
        part = random.uniform(-6, 6 + np.array([width, height]), (corners, 2)).round(digits)
        if random.random() < 0.2:
            part[1] = part[0]
        parts.append(part.reshape(-1).tolist())
    mask = masks.merge(masks.frPyObjects(parts, height, width))
    return {"size": [height, width], "polygons": parts, "counts": text(mask)}


def pair():
    size = [int(v) for v in random.integers(1, 22, 2)]
    density = random.uniform(0, 1, 2)
    pair = [encode(shape(*size) if random.random() < 0.5 else random.random(size) < d) for d in density]
    return {
        "size": size, "counts": [text(m) for m in pair],
        "area": [int(masks.area(m)) for m in pair], "box": [masks.toBbox(m).tolist() for m in pair],
        "union": text(masks.merge(pair)), "intersection": text(masks.merge(pair, intersect=True)),
        "iou": float(masks.iou(pair[:1], pair[1:], [0])[0, 0]),
        "crowd": float(masks.iou(pair[:1], pair[1:], [1])[0, 0]),
    }


def lines(entries):
    return "[\n" + ",\n".join(json.dumps(e, separators=(",", ":")) for e in entries) + "\n]"


sys.stdout.write('{"sets": %s,\n' % lines(make(i) for i in range(240)))
sys.stdout.write('"polygons": %s,\n' % lines(polygons() for _ in range(150)))
sys.stdout.write('"pairs": %s}\n' % lines(pair() for _ in range(150)))
