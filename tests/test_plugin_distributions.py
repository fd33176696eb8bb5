"""What is installed is what `importlib.metadata` says, whatever lies on the path."""

from __future__ import annotations

import importlib
import importlib.metadata
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfcheck.plugins.distributions import distributions, points, versions

GROUP = "alfcheck"

names = st.sampled_from(
    ["one", "One", "on.e", "on_e", "on-e", "two", "alfcheck-lab", "Alfcheck_Lab", "odd name"]
)
heads = st.lists(
    st.sampled_from(
        [
            "Metadata-Version: 2.1",
            "Name: one",
            "Name: Alfcheck.Lab",
            "name: small",
            "Version: 1.2",
            "Version:  2.0rc1 ",
            "Requires-Dist: numpy>=1",
            "Requires-Dist: codec; extra == 'test'",
            "Summary: a line\n        that goes on",
            "",
            "Name: after the head",
        ]
    ),
    max_size=8,
).map("\n".join)
pointed = st.lists(
    st.sampled_from(
        [
            "[alfcheck]",
            "[console_scripts]",
            "[ alfcheck ]",
            "lab = alfcheck_lab",
            "lab=alfcheck_lab.rules",
            " deep = a.b:c ",
            "other = module [extra]",
            "# a comment",
            "",
            "no value",
            "= nameless",
        ]
    ),
    max_size=6,
).map("\n".join)
installed = st.lists(
    st.tuples(
        names,
        st.sampled_from(["1.2", "3"]),
        st.sampled_from([".dist-info", ".dist-info", ".egg-info"]),
        heads | st.none(),
        pointed | st.none(),
    ),
    max_size=4,
)


@contextmanager
def on_path(*places: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(each) for each in places])
        importlib.invalidate_caches()
        yield
    importlib.invalidate_caches()


def write(place: Path, name: str, version: str, ending: str, head: str | None, text: str | None) -> None:
    folder = place / f"{name}-{version}{ending}"
    folder.mkdir(parents=True, exist_ok=True)
    if head is not None:
        (folder / ("METADATA" if ending == ".dist-info" else "PKG-INFO")).write_text(head, encoding="utf-8")
    if text is not None:
        (folder / "entry_points.txt").write_text(text, encoding="utf-8")


def told(find: object) -> object:
    """Give what is found, or the kind of the exception that is raised."""
    assert callable(find)
    try:
        return find()
    except Exception as error:
        return type(error)


def ours() -> list[tuple[str, str, str | None]]:
    return sorted((each.name, each.value, each.dist.name or None) for each in points(GROUP) if each.dist)


def theirs() -> list[tuple[str, str, str | None]]:
    found = importlib.metadata.entry_points(group=GROUP)
    return sorted((each.name, each.value, each.dist.name) for each in found if each.dist)


@given(st.lists(installed, min_size=1, max_size=2))
def test_plugins_are_those_that_the_standard_library_finds(
    places: list[list[tuple[str, str, str, str | None, str | None]]],
) -> None:
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / str(number) for number in range(len(places))]
        for path, found in zip(paths, places, strict=True):
            path.mkdir()
            for each in found:
                write(path, *each)
        with on_path(*paths):
            assert told(ours) == told(theirs)


@given(heads, names)
def test_metadata_are_what_the_standard_library_reads(head: str, name: str) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder), "one", "1.2", ".dist-info", head, None)
        with on_path(Path(folder)):
            found = distributions([name])
            theirs = list(importlib.metadata.Distribution.discover(name=name))
            assert len(found) == len(theirs)
            for mine, other in zip(found.values(), theirs, strict=True):
                assert (mine.name or None, mine.version or None) == (other.name, other.version)
                assert (mine.requires or []) == (other.requires or [])
                assert mine.read_text("METADATA") == other.read_text("METADATA")


def test_the_versions_of_what_runs_these_tests() -> None:
    known = {each.name: each.version for each in importlib.metadata.distributions()}
    assert versions(known) == known
    assert versions(["no-such-distribution"]) == {"no-such-distribution": "-"}


def test_archives_on_the_path_are_left_to_the_standard_library(tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("lab-1.2.dist-info/METADATA", "Name: lab\nVersion: 1.2\n")
        writer.writestr("lab-1.2.dist-info/entry_points.txt", "[alfcheck]\nlab = alfcheck_lab\n")
    with on_path(archive):
        assert ours() == theirs() == [("lab", "alfcheck_lab", "lab")]
        assert versions(["lab"]) == {"lab": "1.2"}


def test_finders_of_others_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path, "lab", "1.2", ".dist-info", "Name: lab\nVersion: 1.2\n", "[alfcheck]\nlab = alfcheck_lab\n"
    )
    (info,) = tmp_path.iterdir()

    class Finder:
        @staticmethod
        def find_spec(*_: object) -> None:
            return None

        @staticmethod
        def find_distributions(context: object = None) -> list[importlib.metadata.Distribution]:
            return [importlib.metadata.Distribution.at(info)]

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    with on_path():
        assert ours() == [("lab", "alfcheck_lab", "lab")]


def test_nothing_of_it_is_imported_where_all_is_plain() -> None:
    code = (
        "import sys\nfrom alfcheck.plugins.distributions import points, versions\n"
        "points('alfcheck'), versions(['pandas'])\nprint('importlib.metadata' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
