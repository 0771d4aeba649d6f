"""The study `seconds`: with rivals and networks so small that nothing takes long, against a clock and runs of ours."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import scipy.fft
import torch
from scipy.signal import convolve2d
from tiny import NETS

from mcdeconv.core.config import SolverConfig
from mcdeconv.core.presets import PRESETS, TIERS, configure
from mcdeconv.core.solve import solve
from mcdeconv.data.datasets import load_item
from mcdeconv.data.datasets.scenes import latent_view
from mcdeconv.data.problem import pose
from mcdeconv.errors import InputError
from mcdeconv.methods import RIVALS, Found, Method, MethodSettings
from mcdeconv.runs.run import kernel_protocol
from mcdeconv.scoring.metrics import psnr
from mcdeconv.studies import STUDIES, Asked
from mcdeconv.studies.seconds import CURVE, FINAL, METHOD, PER_PIXEL, curves, seconds_sheet, timing

STUDY = STUDIES["seconds"]
DATASET, IMAGE = "small-levin", "camera_kernel_01"
ITEM = load_item(DATASET, IMAGE)
SMALL = timing.Scene("drawn-32", np.asarray(ITEM.blurred)[:32, :32], np.full((5, 5), 1 / 25))


@dataclass(frozen=True)
class Fake(MethodSettings):
    weight: float = 1.0


class World:
    """What the fakes saw."""

    threads: list[tuple[int, int]]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """One rival that finds the true kernel, one that lacks its files, one that gives an image; small scenes."""
    found = World()
    found.threads = []

    def kernel(blurred: np.ndarray, size: int, settings: Fake) -> Iterator[float]:
        found.threads.append((scipy.fft.get_workers(), torch.get_num_threads()))
        yield 0.5
        return Found(np.asarray(ITEM.kernel), blurred)

    def refuses(blurred: np.ndarray, size: int, settings: Fake) -> Iterator[float]:
        raise InputError("its weights are not here; fetch them")
        yield 0.5

    for name in list(RIVALS):
        monkeypatch.delitem(RIVALS, name)
    monkeypatch.setitem(RIVALS, "l0", Method("Fake 2026", None, kernel, Fake()))
    monkeypatch.setitem(RIVALS, "maxim", Method("Fake 2027", None, kernel, Fake(2.0), "image"))
    monkeypatch.setitem(RIVALS, "jin", Method("Fake 2028", None, refuses, Fake()))
    monkeypatch.setattr(timing, "scenes", lambda: [SMALL])
    monkeypatch.setattr(timing, "drawn", lambda size, side: replace(SMALL, image=f"drawn-{size}"))
    monkeypatch.setattr(timing, "METHODS", {"sparse": timing.METHODS["sparse"]})
    monkeypatch.setattr(timing, "usable_cores", lambda: 2)
    monkeypatch.setattr(curves, "usable_cores", lambda: 1)
    monkeypatch.setattr(curves, "DATASET", DATASET)
    monkeypatch.setattr(curves, "IMAGES", (IMAGE,))
    monkeypatch.setattr(curves, "ITERATIVE", ("ours",))
    monkeypatch.setattr(curves, "TIER", "tiny")
    monkeypatch.setitem(PRESETS, "ours", replace(PRESETS["ours"], **NETS).with_iterations(30))  # type: ignore[arg-type]
    monkeypatch.setitem(TIERS, "tiny", replace(TIERS["paper"], name="tiny", region=64))
    return found


def answer(results: Path, *methods: str, repeats: int = 2) -> tuple[list[str], list[dict]]:
    lines = list(STUDY.answer(Asked(results, variants=methods or None, repeats=repeats)))
    return lines, seconds_sheet(results).read()


def test_every_method_is_timed_with_one_thread_and_with_two(world: World, tmp_path: Path) -> None:
    before = torch.get_num_threads()
    lines, rows = answer(tmp_path, "l0", "sparse", "jin")
    timed = {(row["timed"], row["method"], row["threads"]): row for row in rows if row["timed"] in (METHOD, FINAL)}
    assert set(timed) == {(METHOD, "l0", 1), (METHOD, "l0", 2), (FINAL, "sparse", 1), (FINAL, "sparse", 2)}
    assert world.threads[:4] == [(1, 1)] * 2 + [(2, 2)] * 2  # inside and in the transforms, each twice
    assert torch.get_num_threads() == before and scipy.fft.get_workers() == 1
    for row in timed.values():
        assert 0 < row["fastest"] <= row["seconds"] <= row["slowest"] and row["repeats"] == 2
        assert (row["image"], row["size"], row["kernel_side"], row["iterations"]) == ("drawn-32", 32, 5, 0)
        assert row["device"] and row["commit"]
    assert sum("its weights are not here; fetch them" in line for line in lines) == 3  # twice timed, once scored


def test_what_has_a_row_is_not_measured_again(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(tmp_path, "l0", "true kernel")
    path, calls = seconds_sheet(tmp_path).path, len(world.threads)
    kept = path.read_bytes()
    lines, _ = answer(tmp_path, "l0", "true kernel")
    assert len(world.threads) == calls and path.read_bytes() == kept
    assert len(lines) == 1 and lines[0].startswith("l0, seconds a megapixel")
    monkeypatch.setitem(RIVALS, "l0", replace(RIVALS["l0"], settings=Fake(3.0)))
    lines, rows = answer(tmp_path, "l0")
    assert len(world.threads) == 2 * calls and len(rows) == len(kept.splitlines()) - 1
    digests = {row["method"]: row["config"] for row in rows}
    assert digests["l0"] == Fake(3.0).digest() != Fake().digest()


def test_a_stopped_study_keeps_what_it_had(world: World, tmp_path: Path) -> None:
    steps = STUDY.answer(Asked(tmp_path, variants=["l0"], repeats=1))
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert len(seconds_sheet(tmp_path).read()) == 1


def test_what_is_slow_is_timed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])

    def work(seconds: float) -> None:
        now[0] += seconds

    assert timing.timed(lambda: work(timing.SLOW + 1), 3) == [timing.SLOW + 1]
    assert timing.timed(lambda: work(2), 3) == pytest.approx([2, 2, 2])


def test_the_cost_of_a_pixel_is_said_by_size(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "timed", lambda work, repeats: [3.0])
    monkeypatch.setattr(timing, "LEVEL_SIZES", (500, 1000))
    scene = {size: replace(SMALL, blurred=np.zeros((size, size))) for size in (500, 1000)}
    monkeypatch.setattr(timing, "drawn", lambda size, side: scene[size])
    lines, rows = answer(tmp_path, "l0")
    assert [row["size"] for row in rows if row["timed"] == PER_PIXEL] == [500, 1000]
    assert "12.00 at 500 px, 3.00 at 1000 px; the largest is 4.00 times the smallest" in lines[-1]


def test_the_drawn_pictures_need_no_data_and_are_blurred_by_their_kernel() -> None:
    scene = timing.drawn(64, 9)
    assert scene.blurred.shape == (64, 64) and scene.blurred.dtype == np.float32 and scene.kernel.shape == (9, 9)
    np.testing.assert_array_equal(scene.blurred, timing.drawn.__wrapped__(64, 9).blurred)
    wanted = convolve2d(latent_view(timing.PICTURE, 72, grey=True), scene.kernel, mode="valid")
    inside = (scene.blurred > 0) & (scene.blurred < 1)
    assert (scene.blurred - wanted)[inside].std() == pytest.approx(timing.NOISE_STD, rel=0.1)


def test_a_curve_ends_in_the_kernel_protocol_of_the_same_run(world: World, tmp_path: Path) -> None:
    _, rows = answer(tmp_path, "ours")
    config = configure("ours", "tiny")
    assert {row["iterations"] for row in rows} == curves.moments(config) and {row["timed"] for row in rows} == {CURVE}
    rows.sort(key=lambda row: row["iterations"])
    seconds = [row["seconds"] for row in rows]
    assert rows[-1]["iterations"] == 30 and seconds[0] > 0 and seconds == sorted(seconds)
    problem = pose(ITEM, 64)
    with timing.on_threads(1):
        kernel = solve(problem.blurred, problem.kernel_size, config).kernel
    assert rows[-1]["psnr"] == pytest.approx(kernel_protocol(ITEM, kernel)["psnr_sparse"], abs=1e-4)


def test_bounds_and_rivals_are_points(world: World, tmp_path: Path) -> None:
    _, rows = answer(tmp_path, "l0", "maxim", "blurred image", "true kernel")
    points = {row["method"]: row for row in rows if row["timed"] == CURVE}
    known = kernel_protocol(ITEM, np.asarray(ITEM.kernel))["psnr_sparse"]
    assert points["true kernel"]["psnr"] == pytest.approx(known, abs=1e-4) == points["l0"]["psnr"]
    assert points["maxim"]["psnr"] == points["blurred image"]["psnr"]  # its image is what it was given
    inner = np.s_[15:-15, 15:-15]
    plain = psnr(np.asarray(ITEM.blurred, float)[inner], np.asarray(ITEM.sharp, float)[inner])
    assert plain <= points["blurred image"]["psnr"] < known  # the protocol takes the best shift
    assert points["l0"]["seconds"] > 0 == points["true kernel"]["seconds"]


def test_moments_are_few_spread_and_end_with_the_run() -> None:
    found = sorted(curves.moments(SolverConfig(iterations=2500)))
    assert len(found) == curves.MOMENTS and (found[0], found[-1]) == (25, 2500)
    assert np.ptp(np.diff(np.log(found))) < 0.05
    assert curves.IMAGES == ("im05_flit01", "im06_flit03", "im07_flit05", "im08_flit08")


@pytest.mark.parametrize(
    ("asked", "said"), [({"variants": ["l1"]}, "unknown variant 'l1'"), ({"images": ["x"]}, "unknown image 'x'")]
)
def test_what_there_is_not_is_refused(tmp_path: Path, asked: dict, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(STUDY.answer(Asked(tmp_path, **asked)))
    assert not seconds_sheet(tmp_path).path.exists()


def test_without_levins_images_what_needs_none_is_timed_first(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "DATASET", "levin")
    monkeypatch.setattr(curves, "IMAGES", ("im05_flit01",))
    monkeypatch.setenv("MCDECONV_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="levin"):
        answer(tmp_path, "l0")
    assert {row["timed"] for row in seconds_sheet(tmp_path).read()} == {METHOD, PER_PIXEL}
