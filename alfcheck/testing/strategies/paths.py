"""Legal paths with all that ALF allows, and illegal ones that are nearly right."""

from __future__ import annotations

import string
from collections.abc import Sequence
from datetime import date

from hypothesis import strategies as st

from alfcheck.grammar import parse_dataset, parse_session
from alfcheck.model import Dataset, Refusal

__all__ = ["dataset_paths", "illegal_paths", "session_paths"]

_ASCII = string.ascii_letters + string.digits
# Letters that are legal and that a rule may not think of: accents, Greek, digits of other scripts.
_LETTERS = _ASCII + "éßΩж٣"
_EXTENSIONS = (
    "npy",
    "pqt",
    "csv",
    "tsv",
    "json",
    "yaml",
    "mp4",
    "bin",
    "cbin",
    "meta",
    "tif",
    "wav",
    "NPY",
    "x2",
)
_OBJECTS = ("spikes", "trials", "wheel", "clusters", "leftCamera", "x", "a_b", "Spikes", "2p", "spike")
_ATTRIBUTES = (
    "times",
    "intervals",
    "stimOn_times",
    "timestamps",
    "table",
    "clusters",
    "_phy_ids",
    "v1",
    "Times",
)


def session_paths(lab: str | bool | None = None) -> st.SearchStrategy[str]:
    """Give legal session paths: of the `lab` of that name, with some lab, without (``False``), or either."""
    labs = {
        None: st.none() | _words(_LETTERS + "_"),
        True: _words(_LETTERS + "_"),
        False: st.none(),
    }
    chosen = st.just(lab) if isinstance(lab, str) else labs[lab]
    subjects = st.sampled_from(("mouse", "KS014", "a.b-c_d")) | _words(_LETTERS + "_-.")
    days = st.dates(min_value=date(1678, 1, 1), max_value=date(2261, 12, 31)).map(str)
    numbers = st.integers(0, 999).map("{:03d}".format)
    found = st.builds(
        lambda lab, *rest: "/".join((f"{lab}/Subjects",) * (lab is not None) + rest),
        chosen,
        subjects,
        days,
        numbers,
    )
    # Whatever is told here, the grammar decides.
    return found.filter(lambda path: not isinstance(parse_session(path), Refusal))


def dataset_paths(
    *,
    objects: Sequence[str] = (),
    attributes: Sequence[str] = (),
    collections: Sequence[str] = (),
    extensions: Sequence[str] = (),
) -> st.SearchStrategy[str]:
    """Give legal session-relative dataset paths, odd ones among them; what is given is chosen from alone.

    They have collections, revisions, namespaces, timescales and further parts, or not.
    """
    collection = st.sampled_from(collections) if collections else _collections()
    revision = st.just("") | _words(_ASCII + "-_.").map("#{}#/".format)
    namespace = st.just("") | _words(_ASCII).map("_{}_".format)
    object_ = st.sampled_from(objects) if objects else st.sampled_from(_OBJECTS) | _words(_LETTERS)
    attribute = st.sampled_from(attributes) if attributes else st.sampled_from(_ATTRIBUTES) | _words(_ASCII)
    timescale = st.just("") | _words(_LETTERS).map("_{}".format)
    extra = st.lists(_words(_LETTERS + "-_"), max_size=2).map(
        lambda parts: "".join(f".{part}" for part in parts)
    )
    extension = (
        st.sampled_from(extensions) if extensions else st.sampled_from(_EXTENSIONS) | _words(_LETTERS)
    ).map(".{}".format)
    found = st.builds(
        lambda folder, revision, namespace, object_, *rest: (
            f"{folder}/" * bool(folder) + revision + namespace + object_ + "." + "".join(rest)
        ),
        collection,
        revision,
        namespace,
        object_,
        attribute,
        timescale,
        extra,
        extension,
    )
    return found.filter(lambda path: isinstance(parse_dataset(path), Dataset))


def illegal_paths() -> st.SearchStrategy[str]:
    """Give session-relative paths that are no legal dataset's, most of them one slip away from one."""
    slips = st.sampled_from((" ", ".", "..", "__", "#", "/", "-", "\t", "(1)", "é", ".part", "~", "ALF"))
    slipped = st.builds(
        lambda path, slip, place: f"{path[: place % len(path)]}{slip}{path[place % len(path) :]}",
        dataset_paths(),
        slips,
        st.integers(0, 99),
    )
    shortened = dataset_paths().map(lambda path: path.rpartition(".")[0])
    known = st.sampled_from(("notes", "spikes.npy", ".npy", "alf/spike times.npy", "alf/#a/spikes.times.npy"))
    return (slipped | shortened | known).filter(
        lambda path: path != "" and isinstance(parse_dataset(path), Refusal)
    )


def _words(letters: str) -> st.SearchStrategy[str]:
    return st.text(letters, min_size=1, max_size=8)


def _collections() -> st.SearchStrategy[str]:
    usual = st.sampled_from(("", "alf", "alf/probe00", "raw_ephys_data/probe00", "raw_behavior_data"))
    return usual | st.lists(_words(_LETTERS + "-_."), max_size=3).map("/".join)
