"""The provenance card says what its records say, and nothing where there are none."""

from html.parser import HTMLParser

from mcdeconv.core.presets import TIERS
from mcdeconv.paper.card import card, drawn, measured
from mcdeconv.runs.records import Identity, Record


def record(image="im05_flit01", tier="laptop", seed=0, dataset="levin", config="aaaabbbbcccc", seconds=10.0, **where):
    key = Identity(dataset, image, "ours", tier, seed, config, f"{len(image):012}")
    known = {"device": "a GPU", "torch": "2.13.0", "commit": "0123456789"} | where
    return Record(key, {"psnr_direct": 30.0}, [[1.0]], seconds, 5000, seed, known)


def facts(*records, command="make table N=1", experiments=()):
    return dict(card(records, command, experiments).facts)


def test_without_records_it_says_not_run_and_the_command():
    empty = card([], "make table N=5")
    assert "not run" in empty.summary and empty.facts[0] == ("made again by", "make table N=5")
    assert "not run" in empty.text() and "<code>make table N=5</code>" in empty._repr_html_()


def test_one_run():
    found = facts(record())
    assert found["runs"] == found["images"] == "1" and found["seeds"] == "0"
    assert (found["tier"], found["data"], found["methods"]) == ("laptop", "levin", "ours")
    assert (found["device"], found["torch"], found["commit"]) == ("a GPU", "2.13.0", "0123456789")
    assert (found["configuration"], found["seconds"]) == ("aaaabbbb", "10 in all")
    assert "quick leaves out" not in found and "informative 128 px" in found["laptop leaves out"]
    assert card([record()], "x").summary == "Provenance: 1 run, 1 image, tier laptop"


def test_several_runs_are_counted_and_summed():
    runs = [
        record(seconds=10.0),
        record(seed=2, seconds=30.5),
        record("im05", config="ffffeeee0000", commit="9876543210+"),
    ]
    found = facts(*runs)
    assert (found["runs"], found["images"], found["seeds"]) == ("3", "2", "0, 2")
    assert found["configuration"] == "2 different, the first aaaabbbb"
    assert found["commit"] == "2 different, the first 0123456789"
    assert found["seconds"] == "50 in all, 10.0 to 30.5 a run"  # 10 + 30.5 + 10


def test_tiers_are_in_their_order_and_quick_says_what_it_leaves_out():
    runs = [record(tier="paper"), record("coins_kernel_03", "quick", dataset="synthetic-levin")]
    found = facts(*runs, experiments=["levin"])
    assert found["tier"] == "quick, paper"
    left_out = found["quick leaves out"]
    reduction = TIERS["quick"].reduction
    assert f"iterations {reduction.iterations:,} instead of 5,000" in left_out
    assert f"channels in G_x {reduction.channels} instead of 128" in left_out
    assert "Embedded images (synthetic-levin)" in left_out and "Runs of the experiment levin: " in left_out
    assert found["paper computed anew by"] == "make reproduce TIER=paper DATASET=levin"
    assert "paper leaves out" not in found


def test_unknown_provenance_and_tiers_are_no_error():
    found = facts(Record(Identity("d", "i", "m", "study", 0, "c", "x"), {}, [[1.0]], 1.0, 1, 0, {}))
    assert (found["device"], found["tier"]) == ("unknown", "study")


class Tags(HTMLParser):
    def __init__(self, markup):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def test_html_is_a_list_of_terms_folded_in():
    shown = card([record(device="<b>GPU</b>")], "make table N=1 && echo")
    seen = Tags(shown._repr_html_())
    assert seen.tags[0] == ("details", {"class": "provenance-card"})
    assert [tag for tag, _ in seen.tags].count("dt") == [tag for tag, _ in seen.tags].count("dd") == len(shown.facts)
    assert "<b>GPU</b>" in seen.words and "make table N=1 && echo" in seen.words
    bundle = shown._repr_mimebundle_()
    assert bundle["text/html"] == shown._repr_html_() and bundle["text/plain"] == shown.text() == repr(shown)


def test_what_was_measured_names_its_machines():
    assert measured([], "make study NAME=x").summary == "Provenance: not run"
    rows = [
        {"method": "l0", "image": "a", "device": "one", "threads": 2, "commit": "c", "torch": "2", "mcdeconv": "0.1"},
        {"method": "jin", "image": "a", "device": "another", "threads": 1, "commit": "c", "torch": None},
    ]
    found = measured(rows, "make study NAME=x")
    assert found.summary == "Provenance: 2 rows, another, one"
    facts = dict(found.facts)
    assert facts["method"] == "jin, l0" and facts["threads"] == "1, 2" and facts["torch"] == "2"
    assert facts["made again by"] == "make study NAME=x"


def test_what_is_drawn_by_hand_has_a_command_too():
    found = drawn("make figure N=2", "diagram.svg")
    assert dict(found.facts) == {"made again by": "make figure N=2", "file": "diagram.svg", "runs": "none"}
