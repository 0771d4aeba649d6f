"""Köhler's files: ids, kernel sizes, and which frames stand for the truth."""

import shutil

import numpy as np

from mcdeconv.data.datasets import load_item, names
from mcdeconv.data.photo import write_image


def test_one_jpeg_frame_stands_for_the_truth(benchmark_data):
    item = load_item("kohler", "Blurry2_9", benchmark_data / "kohler")
    assert len(names("kohler")) == 48 and names("kohler")[9:12] == ["Blurry1_10", "Blurry1_11", "Blurry1_12"]
    assert item.blurred.shape == (800, 800, 3) and item.kernel_size == 125
    assert len(item.frames) == 1 and item.frames[0].shape == item.blurred.shape
    assert item.sharp is None and item.kernel is None
    # it is the right scene: far more alike than another scene's frame, even after 125 px of blur
    other = load_item("kohler", "Blurry3_1", benchmark_data / "kohler")
    likeness = [np.corrcoef(item.blurred.ravel(), frame.ravel())[0, 1] for frame in (item.frames[0], other.frames[0])]
    assert likeness[0] > likeness[1] + 0.3
    assert other.kernel_size == 41


def test_official_frames_are_used_in_order_of_time(benchmark_data, tmp_path):
    (tmp_path / "blurry").mkdir()
    (tmp_path / "frames" / "scene_1").mkdir(parents=True)
    shutil.copy(benchmark_data / "kohler" / "blurry" / "Blurry1_1.png", tmp_path / "blurry")
    for number in (1, 2, 10):
        frame = np.full((4, 4), 0.0)
        frame[0, 0] = number / 10
        write_image(tmp_path / "frames" / "scene_1" / f"GroundTruth1_1_{number}.png", frame)
    item = load_item("kohler", "Blurry1_1", tmp_path)
    assert [round(float(frame[0, 0]), 1) for frame in item.frames] == [0.1, 0.2, 1.0]
    assert len(item.frames) == 3 and len(item.frames[:2]) == 2
