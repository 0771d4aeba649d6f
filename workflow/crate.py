"""What the archive of a release is, for machines: an RO-Crate 1.1 (researchobject.org)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mcdeconv.data.datasets.registry import benchmarks
from mcdeconv.studies import STUDIES

MIT, CC_BY = "https://spdx.org/licenses/MIT", "https://spdx.org/licenses/CC-BY-4.0"
METADATA, HASHES = "ro-crate-metadata.json", "SHA256SUMS"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
RECORD = re.compile(r"results/records/(?P<dataset>[^/]+)/.+__(?P<tier>[^_]+)__seed\d+__\w+\.json")

Entity = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One archive; `paths` of the commit are in it, or the built book if there are none."""

    name: str
    says: str
    paths: tuple[str, ...]
    licences: tuple[str, ...] = (MIT,)


def described(
    about: Mapping[str, Any], parts: Sequence[tuple[Part, str, int]], records: Iterable[str]
) -> dict[str, Any]:
    """The crate: itself, its files, and what they speak of.

    Parameters
    ----------
    about : mapping
        CITATION.cff.
    parts : sequence
        The archives: what each is, its file's name, its size in bytes.
    records : iterable
        Paths of the committed records.
    """
    where = next(name for part, name, _ in parts if part.name == "records")
    maker = entity("#maintainers", "Organization", name=about["authors"][0]["name"], url=about["repository-code"])
    paper, journal, authors = cited(about["preferred-citation"])
    data = [file_of(*part) for part in parts]
    data += [entity(HASHES, "File", name="SHA-256 of every other file", encodingFormat="text/plain")]
    spoken_of = [*runs(records, where), *studies(where), *elsewhere()]
    root = entity(
        "./",
        "Dataset",
        name=about["title"],
        description=about["abstract"],
        version=about["version"],
        datePublished=str(about["date-released"]),
        license=[to(MIT), to(CC_BY)],
        author=to(maker["@id"]),
        publisher=to(maker["@id"]),
        keywords=", ".join(about["keywords"]),
        citation=to(paper["@id"]),
        hasPart=[to(one["@id"]) for one in data],
        mentions=[to(one["@id"]) for one in spoken_of],
    )
    licences = [
        entity(MIT, "CreativeWork", name="MIT License", description="Of the code and the records"),
        entity(CC_BY, "CreativeWork", name="CC BY 4.0", description="Of the book's text and figures: LICENSE-book"),
    ]
    itself = entity(METADATA, "CreativeWork", conformsTo=to(SPECIFICATION), about=to("./"))
    graph = [itself, root, *data, maker, paper, journal, *authors, *licences, *spoken_of]
    return {"@context": f"{SPECIFICATION}/context", "@graph": graph}


def file_of(part: Part, name: str, size: int) -> Entity:
    licences = [to(licence) for licence in part.licences]
    form = {"encodingFormat": "application/zip", "contentSize": str(size)}
    return entity(name, "File", name=f"mcdeconv: {part.name}", description=part.says, license=licences, **form)


def cited(paper: Mapping[str, Any]) -> tuple[Entity, Entity, list[Entity]]:
    """The paper, its journal's volume, and its authors."""
    names = [f"{author['given-names']} {author['family-names']}" for author in paper["authors"]]
    authors = [entity(f"#author-{place}", "Person", name=name) for place, name in enumerate(names, 1)]
    journal = entity("#journal", "Periodical", name=f"{paper['journal']} {paper['volume']} ({paper['issue']})")
    article = entity(
        "#paper",
        "ScholarlyArticle",
        name=paper["title"],
        author=[to(one["@id"]) for one in authors],
        datePublished=str(paper["year"]),
        isPartOf=to(journal["@id"]),
        pagination=str(paper["start"]),
    )
    return article, journal, authors


def runs(records: Iterable[str], where: str) -> Iterator[Entity]:
    """How many runs there are of each data set and tier."""
    found = Counter(record.group("dataset", "tier") for path in records if (record := RECORD.fullmatch(path)))
    for (dataset, tier), count in sorted(found.items()):
        says = {"name": f"Runs on {dataset}, tier {tier}", "collectionSize": count}
        yield entity(f"#runs-{dataset}-{tier}", "Collection", isPartOf=to(where), **says)


def studies(where: str) -> Iterator[Entity]:
    for study in STUDIES.values():
        says = {"name": f"Study {study.name}", "description": study.question}
        yield entity(f"#study-{study.name}", "CreativeWork", isPartOf=to(where), **says)


def elsewhere() -> Iterator[Entity]:
    """The benchmarks: other people's images, which are not in the archive."""
    for name, benchmark in benchmarks().items():
        says = f"Not in here; registry.json has the SHA-256 of its {len(benchmark.files)} files"
        yield entity(f"#data-{name}", "CreativeWork", name=f"Data set {name}", description=says, url=benchmark.page)


def entity(identifier: str, kind: str, **properties: Any) -> Entity:
    return {"@id": identifier, "@type": kind, **properties}


def to(identifier: str) -> dict[str, str]:
    return {"@id": identifier}
