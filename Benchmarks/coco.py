"""Sets `polymath evaluate-coco` beside pycocotools on the same files, in alternation, from the files to the numbers.

    coco.py POLYMATH [--kind segmentation] [--images 500] [--detections 100] [--rounds 5] [--files FOLDER]

Both are processes that read two files and print twelve numbers; Python's start and imports are not in its time, but the
whole of `polymath` is. The numbers have to agree to 1e-6.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent / "peers"))


def ellipse(random, height, width):
    a, b = np.exp(random.uniform(np.log(6), np.log(90), 2))
    cx, cy, turn = random.uniform(0, width), random.uniform(0, height), random.uniform(0, np.pi)
    reach = 1.1 * max(a, b) + 1
    top, left = max(0, int(cy - reach)), max(0, int(cx - reach))
    window = slice(top, int(min(height, cy + reach))), slice(left, int(min(width, cx + reach)))
    y, x = np.ogrid[window]
    u = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)
    v = (y - cy) * np.cos(turn) - (x - cx) * np.sin(turn)
    # Borders as a network draws them are not smooth.
    waves = 1 + 0.08 * np.sin(0.9 * x + turn) * np.sin(1.1 * y)
    pixels = np.zeros((height, width), np.uint8, order="F")
    pixels[window] = (u / a) ** 2 + (v / b) ** 2 < waves
    return pixels


def write_files(folder, image_count, detection_count, object_count=12, category_count=10, height=480, width=640):
    from pycocotools import mask as masks

    random = np.random.Generator(np.random.PCG64(1))
    images = [{"id": i, "height": height, "width": width} for i in range(image_count)]
    categories = [{"id": c, "name": f"category {c}"} for c in range(category_count)]
    annotations, detections = [], []

    def entry(image, category, pixels):
        mask = masks.encode(np.asfortranarray(pixels))
        return {
            "image_id": image, "category_id": int(category), "bbox": masks.toBbox(mask).tolist(),
            "segmentation": {"size": [height, width], "counts": mask["counts"].decode("ascii")},
        }, int(masks.area(mask))

    for image in range(image_count):
        shapes = []
        while len(shapes) < object_count:
            pixels, category = ellipse(random, height, width), random.integers(category_count)
            annotation, area = entry(image, category, pixels)
            if area < 20:
                continue
            annotations.append(dict(annotation, id=len(annotations) + 1, area=area, iscrowd=0))
            shapes.append((pixels, category))
        # Half of the detections lie near an object.
        for number in range(detection_count):
            if number % 2 == 0:
                pixels, category = shapes[random.integers(object_count)]
                pixels = np.roll(pixels, random.integers(-6, 7, 2), (0, 1))
            else:
                pixels, category = ellipse(random, height, width), random.integers(category_count)
            detection, area = entry(image, category, pixels)
            detections.append(dict(detection, score=round(float(random.uniform()), 4)))
    (folder / "gt.json").write_text(
        json.dumps({"images": images, "categories": categories, "annotations": annotations}))
    (folder / "dt.json").write_text(json.dumps(detections))


PEER = """
import contextlib, io, json, sys, time
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
start = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(sys.argv[1])
    detections = json.load(open(sys.argv[2]))
    # A detection's area is that of what is measured.
    for detection in detections:
        detection.pop("bbox" if sys.argv[3] == "segm" else "segmentation")
    found = truth.loadRes(detections)
    middle = time.perf_counter()
    evaluation = COCOeval(truth, found, sys.argv[3])
    evaluation.params.useCats = int(sys.argv[4])
    evaluation.evaluate(); evaluation.accumulate(); evaluation.summarize()
end = time.perf_counter()
print(json.dumps({"stats": evaluation.stats.tolist(), "seconds": end - start, "reading": middle - start}))
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("polymath")
    parser.add_argument("--kind", choices=["box", "segmentation"], default="segmentation")
    parser.add_argument("--class-agnostic", action="store_true")
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--detections", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", help="a folder for the files, which are written if they are not there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if options.files:
            folder = pathlib.Path(options.files)
            folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "dt.json").exists():
            write_files(folder, options.images, options.detections)
        files = [str(folder / "gt.json"), str(folder / "dt.json")]
        size = sum(pathlib.Path(f).stat().st_size for f in files)
        print(f"{options.images} images × {options.detections} detections, {options.kind}, {size / 1e6:.0f} MB of files")
        command = [options.polymath, "evaluate-coco", "--truth", files[0], "--detections", files[1]]
        command += ["--kind", options.kind, "--json"] + ["--class-agnostic"] * options.class_agnostic
        kind = {"box": "bbox", "segmentation": "segm"}[options.kind]
        peer = [sys.executable, "-c", PEER, *files, kind, str(int(not options.class_agnostic))]
        # `taskset` leaves one processor, and with it one thread.
        variants = {"one thread": ["taskset", "-c", "0", *command], "all threads": command}
        ours = {variant: [] for variant in variants}
        theirs = []
        for _ in range(options.rounds):
            for variant, command in variants.items():
                start = time.perf_counter()
                output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                ours[variant].append(time.perf_counter() - start)
                numbers = json.loads(output)
            answer = json.loads(subprocess.run(peer, check=True, capture_output=True, text=True).stdout)
            theirs.append(answer["seconds"])
        from coco_numbers import NAMES

        difference = max(abs(numbers[n] - v) for n, v in zip(NAMES, answer["stats"]))
        print(f"the numbers differ by at most {difference:.1e}; AP {numbers['AP']:.4f}")
        for variant, seconds in ours.items():
            ratios = sorted(t / s for s, t in zip(seconds, theirs))
            print(
                f"{variant}: {statistics.median(seconds):.3f} s against {statistics.median(theirs):.3f} s "
                f"({answer['reading']:.3f} s of it reading), {statistics.median(ratios):.1f} times as fast "
                f"({ratios[0]:.1f} to {ratios[-1]:.1f})"
            )
        sys.exit(0 if difference < 1e-6 else "the numbers differ")


main()
