"""pycocotools' numbers for ground truth and detections that are in memory."""
import contextlib
import io

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

NAMES = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]


class Evaluation(COCOeval):
    """Minds the field `ignore`, which COCOeval overwrites by `iscrowd`."""

    def _prepare(self):
        super()._prepare()
        for truths in self._gts.values():
            for truth in truths:
                truth["ignore"] = truth["iscrowd"] or truth.get("flagged", 0)


def data_set(images, categories, annotations):
    result = COCO()
    result.dataset = {"images": images, "categories": categories, "annotations": annotations}
    # COCOeval takes an object whose number is 0 for none, so that these begin at 1.
    for number, annotation in enumerate(annotations):
        annotation["id"] = number + 1
    result.createIndex()
    return result


def numbers(truth, detections, kind, is_class_agnostic=False):
    """The twelve numbers. `kind` is box or segmentation, and the area of a detection is that of what is measured."""
    from pycocotools import mask

    with contextlib.redirect_stdout(io.StringIO()):
        annotations = [
            dict(a, iscrowd=a.get("iscrowd", 0), flagged=a.get("ignore", 0)) for a in truth["annotations"]
        ]
        found = [dict(d, iscrowd=0) for d in detections]
        for d in found:
            d["area"] = d["bbox"][2] * d["bbox"][3] if kind == "box" else int(mask.area(d["segmentation"]))
        evaluation = Evaluation(
            data_set(truth["images"], truth["categories"], annotations),
            data_set(truth["images"], truth["categories"], found),
            {"box": "bbox", "segmentation": "segm"}[kind],
        )
        evaluation.params.useCats = 0 if is_class_agnostic else 1
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return dict(zip(NAMES, map(float, evaluation.stats)))
