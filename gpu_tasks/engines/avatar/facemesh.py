"""468 points of a face, by MediaPipe's two small models (data/NOTICE) in OpenCV."""

import threading
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

_DATA = Path(__file__).parent / "data"
_DETECTOR, _MESH = "face_detection_short_range.tflite", "face_landmark.tflite"
_DETECTOR_SIZE, _MESH_SIZE = 128, 192
_SURE = 0.5
_CROP = 1.5  # the mesh wants to see so much more than the face

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Detection:
    score: float
    centre: NDArray[np.float64]
    size: float
    eyes: NDArray[np.float64]
    """[2, 2]: that on the left of the picture, that on the right."""


@dataclass(frozen=True, slots=True)
class Mesh:
    points: Points
    """[468, 3]: x, y in pixels of the picture; z in the same unit, smaller towards the camera."""
    presence: float
    """0..1: how sure the model is that this is a face."""


class FaceMesh:
    """Serves several threads, one after the other."""

    def __init__(self) -> None:
        self._detector = cv2.dnn.readNetFromTFLite(str(_DATA / _DETECTOR))
        self._mesh = cv2.dnn.readNetFromTFLite(str(_DATA / _MESH))
        self._anchors = _anchors()
        self._busy = threading.Lock()

    def detect(self, rgb: NDArray[np.uint8]) -> list[Detection]:
        """Every face, the surest first. Finds those that fill a good part of the picture."""
        height, width = rgb.shape[:2]
        side = max(height, width)
        offset = np.array([(side - width) // 2, (side - height) // 2])
        square = np.zeros((side, side, 3), np.uint8)
        square[offset[1] : offset[1] + height, offset[0] : offset[0] + width] = rgb
        blob = cv2.dnn.blobFromImage(square, 1 / 127.5, (_DETECTOR_SIZE, _DETECTOR_SIZE), (127.5,) * 3)
        with self._busy:
            self._detector.setInput(blob)
            answers = self._detector.forward(["classificators", "regressors"])
        scores, boxes = sorted((np.reshape(a, (len(self._anchors), -1)) for a in answers), key=lambda a: a.shape[1])
        sure = 1 / (1 + np.exp(-np.clip(scores[:, 0], -80, 80)))
        centres = boxes[:, :2] / _DETECTOR_SIZE + self._anchors
        sizes = boxes[:, 2:4].max(1) / _DETECTOR_SIZE
        eyes = boxes[:, 4:8].reshape(-1, 2, 2) / _DETECTOR_SIZE + self._anchors[:, None]
        found = []
        left = sure > _SURE
        while left.any():
            best = int(np.where(left, sure, 0).argmax())
            # the boxes around the best one mean the same face: their weighted mean is steadier than it alone
            same = left & (np.abs(centres - centres[best]).max(1) < 0.5 * sizes[best])
            weights = sure[same]
            found.append(
                Detection(
                    float(sure[best]),
                    np.average(centres[same], 0, weights) * side - offset,
                    float(np.average(sizes[same], 0, weights) * side),
                    np.average(eyes[same], 0, weights) * side - offset,
                )
            )
            left &= ~same
        return found

    def mesh(self, rgb: NDArray[np.uint8], face: Detection) -> Mesh:
        centre, size, eyes = face.centre, face.size, face.eyes
        for _ in range(2):  # the second time with a crop that the first mesh tells
            to_crop = _crop(centre, size, eyes)
            crop = cv2.warpAffine(rgb, to_crop, (_MESH_SIZE, _MESH_SIZE), flags=cv2.INTER_LINEAR)
            with self._busy:
                self._mesh.setInput(cv2.dnn.blobFromImage(crop, 1 / 255))
                answers = self._mesh.forward(["conv2d_21", "conv2d_31"])
            logit, flat = sorted((np.ravel(a) for a in answers), key=len)
            raw = flat.reshape(-1, 3).astype(np.float64)
            back = cv2.invertAffineTransform(to_crop)
            points = np.column_stack([raw[:, :2] @ back[:, :2].T + back[:, 2], raw[:, 2] * np.hypot(*back[0, :2])])
            low, high = points[:, :2].min(0), points[:, :2].max(0)
            centre, size = (low + high) / 2, float((high - low).max())
            eyes = np.stack([points[[33, 133], :2].mean(0), points[[362, 263], :2].mean(0)])
        return Mesh(points, float(1 / (1 + np.exp(-logit[0]))))


def _crop(centre: NDArray[np.float64], size: float, eyes: NDArray[np.float64]) -> NDArray[np.float64]:
    """To a picture of the face alone, its eyes level."""
    right, down = eyes[1] - eyes[0]
    angle = np.arctan2(down, right)
    zoom = _MESH_SIZE / (size * _CROP)
    cosine, sine = zoom * np.cos(angle), zoom * np.sin(angle)
    matrix = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0]])
    matrix[:, 2] = _MESH_SIZE / 2 - matrix[:, :2] @ centre
    return matrix


def _anchors() -> NDArray[np.float64]:
    """[896, 2]: the centres that the detector's boxes are told from; 2 for each cell of 16 x 16, 6 of 8 x 8."""
    return np.array(
        [
            ((x + 0.5) / cells, (y + 0.5) / cells)
            for cells, count in ((16, 2), (8, 6))
            for y in range(cells)
            for x in range(cells)
            for _ in range(count)
        ]
    )
