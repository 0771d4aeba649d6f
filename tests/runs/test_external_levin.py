"""Other systems' public kernels of Levin's images, read and scored, against figures taken by hand from the same files.

The figures are of final deconvolutions that were clipped to [0, 1], as pictures are when they are saved. Records are of
unclipped ones, as those of every method here. For Pan et al. the literature has 31.73 dB, too.
"""

import numpy as np
import pytest

from mcdeconv.data.datasets import load_item
from mcdeconv.runs.external import Scoring, System, read_results, scored
from mcdeconv.runs.library import Library
from mcdeconv.scoring.external.placing import within_reach
from mcdeconv.scoring.nonblind import deconvolve_with_kernel
from mcdeconv.scoring.protocols import protocol_of, score

# folder → orientation, images, PSNR, SSIM, mean error ratio, % of images up to 2 and up to 3
ROWS = {
    "pan_cvpr_2016": ("correlation", 32, 31.74, 0.915, 1.27, 100, 100),
    "xu_jia_eccv_2010": ("convolution", 32, 31.16, 0.910, 1.59, 87.5, 90.6),
    "sun_iccp_2013": ("correlation", 32, 30.87, 0.902, 1.68, 90.6, 96.9),
    "levin_cvpr_2011": ("correlation", 32, 29.41, 0.884, 2.36, 46.9, 81.2),
    "cho_and_lee_tog_2009": ("correlation", 32, 29.23, 0.873, 2.77, 50, 75),
    "fergus_tog_2006": ("correlation", 31, 28.79, 0.864, 4.50, 61, 71),
}
RECORDED = (*ROWS, "selfdeblur_run_2")
IMAGE = "im06_flit05"


@pytest.fixture
def results(benchmark_data, monkeypatch, request):
    folder = benchmark_data / "external" / "levin" / request.param
    if not folder.is_dir():
        pytest.skip(f"no public kernels in {folder}")
    monkeypatch.setenv("MCDECONV_DATA", str(benchmark_data))
    return request.param, read_results(folder, "levin")


def clipped_score(output, orientation):
    item, protocol = load_item("levin", output.id), protocol_of("levin")
    kernel, _ = within_reach(orientation.turned(output.kernel), protocol)
    found = score(deconvolve_with_kernel(item.blurred, kernel, "sparse").clip(0, 1), item, protocol)
    return found.psnr, found.structure, found.error_ratio


@pytest.mark.slow
@pytest.mark.parametrize("results", ROWS, indirect=True)
def test_public_kernels_score_as_they_did_by_hand(results):
    name, folder = results
    orientation, images, *expected = ROWS[name]
    assert folder.orientation.name == orientation and len(folder.outputs) == images
    found = np.array([clipped_score(output, folder.orientation) for output in folder.outputs])
    assert found.mean(axis=0) == pytest.approx(expected[:3], abs=0.01)
    shares = [100 * np.mean(found[:, 2] <= threshold) for threshold in (2, 3)]
    assert shares == pytest.approx(expected[3:], abs=0.6)


@pytest.mark.slow
@pytest.mark.parametrize("results", RECORDED, indirect=True)
def test_a_committed_record_is_what_its_files_give(results):
    """Found by the SHA-256 of the files that it names: every score, with the kernel that is not stored."""
    name, folder = results
    [output] = [one for one in folder.outputs if one.id == IMAGE]
    external = [record for record in Library.here().committed if record.provenance.get("external")]
    [stored] = [record for record in external if record.provenance["files"] == output.files]
    made = scored(Scoring(output, folder.orientation, System("the same", name), ""))
    assert made.scores == pytest.approx(stored.scores, abs=1e-4)
    assert made.identity.input == stored.identity.input
