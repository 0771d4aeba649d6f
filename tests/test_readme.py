"""The README's findings are the book's, with today's numbers; elsewhere the two READMEs type no measurement."""

import importlib.util
import json
import re
from pathlib import Path

import jinja2
import pytest

ROOT = Path(__file__).parents[1]
MEASUREMENT = re.compile(r"[+−-]\d+\.\d|\d\s*(?:dB|ms|MB|GB|%|s\b)|\d+ to \d+ seconds")


def load_script():
    spec = importlib.util.spec_from_file_location("readme", ROOT / "scripts/readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load_script()


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def numbers():
    return script.quoted(ROOT)


def test_the_readme_says_what_the_records_of_today_say(numbers):
    block = script.filled(text_of("book/found.md"), numbers)
    assert block in text_of("README.md"), "the numbers have changed: run `python scripts/readme.py`"


def test_runs_of_this_machine_do_not_change_the_readme(numbers, tmp_path):
    committed = next((ROOT / "results/records/levin").glob("*__ours__laptop__seed0__*.json"))
    record = json.loads(committed.read_text())
    record["scores"]["psnr_sparse"] += 10
    local = tmp_path / "out/records/levin" / committed.name
    local.parent.mkdir(parents=True)
    local.write_text(json.dumps(record))
    (tmp_path / "results").symlink_to(ROOT / "results")
    assert script.quoted(tmp_path)["levin"] == numbers["levin"]


def test_every_finding_has_its_number_of_images():
    lines = script.BLOCK.search(text_of("README.md"))[0].split("\n- ")
    assert len(lines) == 7
    images = re.compile(r"\d+ images|the same images")
    assert all(images.search(line.replace("\n", " ")) for line in lines)
    assert "not run" not in "".join(lines)


def values(words):
    """The numbers in "+0.78 (+0.40 to +1.20)": mean, low and high."""
    return [float(number.replace("−", "-")) for number in re.findall(r"[+−]?\d+\.\d+", words)]


def test_the_words_of_the_findings_agree_with_their_numbers(numbers):
    """Each finding is a sentence that was typed; this is what it says."""
    gain, at_full_size = numbers["levin"]["gain"]["all"], numbers["full_size"]
    _, low, _ = values(gain["sparse"])
    assert low > 0  # finds kernels that restore more
    _, low, _ = values(gain["direct"])
    assert low <= 0  # does not improve the output there
    _, low, _ = values(numbers["lai20"]["both"]["direct"])
    assert low > 0  # with larger kernels it does on Lai's images
    _, low, high = values(numbers["kohler"]["both"]["direct"])
    assert low <= 0 <= high  # and not clearly on Köhler's
    _, low, _ = values(at_full_size["direct"])
    assert low > 0  # at the paper's own settings it does
    _, low, high = values(at_full_size["over_sparse"])
    assert low <= 0 <= high  # no better than one deconvolution
    _, low, high = values(at_full_size["over_hyper-laplacian"])
    assert high < 0  # behind another
    gains = numbers["ssim"]
    mean, low, _ = values(gains["without-both+ssim"]["without-both"]["two scenes"]["sparse"])
    _, least, most = values(gain["sparse"])
    assert low > 0 and least <= mean <= most  # as much as sampling gives
    _, low, high = values(gains["ours+ssim"]["ours"]["two scenes"]["sparse"])
    assert low <= 0 <= high  # and nothing clear with sampling
    _, low, high = values(numbers["rivals"]["levin"]["dark-channel"]["ours"])
    assert low <= 0 <= high  # level with it on Levin's images
    assert all(
        values(numbers["rivals"][name]["dark-channel"]["ours"])[2] < -1 for name in ("lai", "kohler")
    )  # far ahead


@pytest.mark.parametrize("name", ["README.md", "results/README.md"])
def test_no_measurement_is_typed(name):
    outside = script.BLOCK.sub("", text_of(name))
    assert MEASUREMENT.findall(outside) == []


@pytest.mark.parametrize(
    "typed", ["+0.78 (+0.40 to +1.20)", "31.05 dB", "−0.45 on the region", "88% of them", "41 ms", "128 s a run"]
)
def test_a_typed_measurement_would_be_seen(typed):
    assert MEASUREMENT.search(typed)


def test_names_are_filled_in_and_the_rest_stays():
    numbers = {"levin": {"gain": "+1.00 (−2.00 to +4.00)"}}
    block = script.filled('- {{ levin["gain"] }} dB\n', numbers)
    readme = "# A\n<!-- found -->\n- old \\1\n<!-- /found -->\nB\n"
    assert script.updated(readme, block) == "# A\n<!-- found -->\n- +1.00 (−2.00 to +4.00) dB\n<!-- /found -->\nB\n"


def test_a_number_that_there_is_not_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        script.filled("{{ levin.gains }}", {"levin": {}})


def test_a_readme_without_marks_is_refused():
    with pytest.raises(ValueError, match="0 blocks"):
        script.updated("# A\n", "- found\n")
