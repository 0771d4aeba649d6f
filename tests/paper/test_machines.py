"""The list of machines counts what records say, each run once."""

from mcdeconv.paper.machines import machines
from mcdeconv.runs.library import Library
from mcdeconv.runs.records import Identity, Record


def record(dataset, image, method="ours", tier="laptop", **where):
    key = Identity(dataset, image, method, tier, 0, "c" * 12, "i" * 12)
    return Record(key, {"psnr_direct": 30.0}, [[1.0]], 10.0, 5000, 0, where)


def test_runs_are_counted_by_machine_and_others_files_not_at_all(tmp_path):
    for folder in ("mcdeconv", "results/paper"):
        (tmp_path / folder).mkdir(parents=True)
    library = Library.here(tmp_path)
    small = {"device": "small", "torch": "2", "precision": "float32"}
    for one in (
        record("levin", "im05_flit01", **small),
        record("levin", "im05_flit02", **small | {"by": "<|>", "torch": "2<script>|\n"}),
        record("lai", "manmade_01_kernel_01", tier="paper", **small | {"device": "large"}),
        record("lai", "manmade_02_kernel_02", tier="paper", **small | {"device": "large", "by": "Ada"}),
        record("levin", "im05_flit01", "Sun et al.", "external"),
    ):
        library.local.put(one)
    head, _, first, second, lent = machines(library).splitlines()
    assert head.startswith("| Machine | Runs |")
    assert first == "| small | 2 | laptop | Levin et al. | float32; torch 2 and 2script |"  # no markup
    assert second == "| large | 1 | paper | Lai et al. | float32; torch 2 |"
    assert lent == "| large, lent by Ada | 1 | paper | Lai et al. | float32; torch 2 |"
