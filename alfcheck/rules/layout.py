"""Rules on all the names of a session together."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping

from alfcheck.model import Dataset, Problem, Rule, Severity, Target
from alfcheck.rules.names_examples import dataset

__all__ = ["RULES", "folded"]


def check_duplicates(datasets: Mapping[str, Dataset]) -> Iterator[Problem]:
    """Warn of datasets that give one object the same attribute twice.

    ONE composes an object from the newest revision of each file *name*, so that two names with one attribute
    always meet, whatever their revisions.
    """
    groups: dict[tuple[str, str, str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path, parts in datasets.items():
        key = (parts.collection, parts.object, parts.column, parts.extra)
        groups[key][path.rpartition("/")[2]].append(path)
    for (collection, object_, column, extra), names in sorted(groups.items()):
        if len(names) < 2:
            continue
        paths = sorted(path for found in names.values() for path in found)
        attribute = f"{column}.{extra}" if extra else column
        where = f" in '{collection}'" if collection else ""
        yield Problem(
            message=f"object '{object_}' has the attribute '{attribute}' {len(names)} times{where} "
            f"({', '.join(sorted(names)[:4])}): load_object fails, load_dataset works",
            expected="one dataset for each attribute of an object",
            datasets=tuple(paths),
            count=len(names),
            fix="keep one of them, or tell them apart by a part between attribute and extension",
        )


def check_case_collision(datasets: Mapping[str, Dataset]) -> Iterator[Problem]:
    """Warn of files and folders of one place whose names differ in case only."""
    variants: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in datasets:
        end = path.find("/")
        while end >= 0:
            variants[folded(path[:end])][path[:end]].append(path)
            end = path.find("/", end + 1)
        variants[folded(path)][path].append(path)
    for _, found in sorted(variants.items()):
        names = sorted({whole.rpartition("/")[2] for whole in found})
        if len(names) > 1:
            yield Problem(
                message=f"names that differ in case only: {', '.join(sorted(found))}; "
                "Windows and macOS keep one of them",
                expected="names that differ in more than case",
                datasets=tuple(sorted({path for paths in found.values() for path in paths})),
                count=len(names),
                fix="rename all but one",
            )


def check_metadata(datasets: Mapping[str, Dataset]) -> Iterator[Problem]:
    """Warn of metadata without the dataset that they describe.

    ONE takes ``X*.metadata*.json`` for the description of ``X``: the first two parts of a name in its folder.
    """
    heads: dict[str, set[str]] = defaultdict(set)
    metadata: list[tuple[str, str, str]] = []
    for path in datasets:
        folder, _, name = path.rpartition("/")
        head = ".".join(name.split(".", 2)[:2])
        if _is_metadata(name, head):
            metadata.append((path, folder, name))
        else:
            heads[folder].add(head)
    for path, folder, name in sorted(metadata):
        if not any(_is_metadata(name, head) for head in _prefixes(name) & heads[folder]):
            described = ".".join(name.split(".", 2)[:2])
            yield Problem(
                message=f"no dataset '{described}' lies beside its metadata; load_object leaves the file out",
                expected=f"a dataset '{described}.*' in the same folder",
                datasets=(path,),
                fix="add the dataset, or rename the file without 'metadata'",
            )


def _is_metadata(name: str, head: str) -> bool:
    """Tell whether ONE takes a file for the metadata of the datasets with this head."""
    return name.startswith(head) and name.endswith(".json") and ".metadata" in name[len(head) : -len(".json")]


def _prefixes(name: str) -> set[str]:
    """Give what the described dataset can be called: `spikes.times_x.metadata` fits `spikes.times`."""
    return {name[:end] for end in range(1, len(name))}


def folded(path: str) -> str:
    """Give what is the same for paths that a disk without case takes for one."""
    return unicodedata.normalize("NFC", path.casefold())


_GOOD = dataset("alf/spikes.times.npy", "", dataset("alf/spikes.amps.npy"))

RULES: tuple[Rule, ...] = (
    Rule(
        code="ALF130",
        name="duplicate-attribute",
        target=Target.LAYOUT,
        severity=Severity.WARNING,
        summary="Two datasets of a folder give one object the same attribute.",
        why="load_object fails for the whole object, because it does not know which of the two is meant; "
        "load_dataset still loads each. Raw recordings have such pairs (`.cbin` and `.meta`).",
        fix="Keep one of them, or tell them apart by a part between attribute and extension. What must stay "
        "can be lowered in the configuration.",
        good=(_GOOD,),
        bad=(dataset("alf/spikes.amps.npy", "", dataset("alf/spikes.amps.csv")),),
        check=check_duplicates,
    ),
    Rule(
        code="ALF131",
        name="case-collision",
        target=Target.LAYOUT,
        severity=Severity.WARNING,
        summary="Two files or folders, in a session or above it, differ in case only.",
        why="Windows and most disks of macOS hold one of them: the other is lost or overwritten when the "
        "release is downloaded.",
        fix="Rename all but one.",
        good=(_GOOD,),
        bad=(dataset("alf/spikes.amps.npy", "", dataset("alf/Spikes.amps.npy")),),
        check=check_case_collision,
    ),
    Rule(
        code="ALF132",
        name="metadata-name",
        target=Target.LAYOUT,
        severity=Severity.WARNING,
        summary="A metadata file has no dataset beside it.",
        why="ONE takes `X.metadata.json` for the description of `X` and leaves it out of the object itself: "
        "alone, nothing loads it.",
        fix="Put the dataset beside it, or choose another name.",
        good=(dataset("alf/spikes.amps.npy", "", dataset("alf/spikes.amps.metadata.json")),),
        bad=(dataset("alf/spikes.amps.metadata.json"),),
        check=check_metadata,
    ),
)
