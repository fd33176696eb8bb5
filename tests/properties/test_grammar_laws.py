"""Laws of the grammar, with ONE as the oracle of what a path means."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st
from one.alf.path import full_path_parts, rel_path_parts, session_path_parts
from one.alf.spec import is_session_path, is_valid

from alfcheck.grammar import (
    explain_refusal,
    parse_dataset,
    parse_session,
    refusal_problem,
    render,
    render_session,
)
from alfcheck.model import Dataset, Refusal, SessionPath

# ONE needs exponential time on names with many dots: the oracle is asked about few.
ONE_DOTS = 7

ALNUM = st.sampled_from("abzAZ019")
WORD = st.text(st.sampled_from("abzAZ019_\u00e9\u5c16\u0663"), min_size=1, max_size=6)
ASCII_WORD = st.text(ALNUM, min_size=1, max_size=6)
SOLID = WORD.filter(lambda text: not text.startswith("_") and not text.endswith("_"))
FOLDER = st.text(st.sampled_from("abZ09_-.\u00e9"), min_size=1, max_size=5).filter(
    lambda text: text not in (".", "..")
)


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    """Draw the parts of a legal path."""
    attribute = draw(st.sampled_from(["", "_phy_"])) + draw(ASCII_WORD)
    attribute += draw(st.sampled_from(["", "", "_times", "_intervals"]))
    extra = st.text(st.sampled_from("ab-_9\u00e9"), min_size=1, max_size=4).filter(
        lambda text: text.strip("_-") != ""
    )
    # Without a suffix of its own, an attribute would take `_times` from the timescale.
    timescale = st.just("") | SOLID.filter(lambda text: not re.match(r"(times|intervals)(_|$)", text))
    return Dataset(
        collection="/".join(draw(st.lists(FOLDER, max_size=3))),
        revision=draw(st.just("") | FOLDER),
        namespace=draw(st.just("") | ASCII_WORD),
        object=draw(SOLID),
        attribute=attribute,
        timescale=draw(timescale),
        extra=".".join(draw(st.lists(extra, max_size=2))),
        extension=draw(st.sampled_from(["npy", "csv", "pqt", "cbin", "\u5c16", "NPY", "x_"])),
    )


PIECES = st.sampled_from(
    [
        *"ab_.-#/ 1\n~+\\",
        *(
            "..",
            "__",
            "_ibl_",
            "_times",
            "_timestamps",
            "trials",
            "npy",
            ".npy",
            "(1)",
            ".part",
            "-checkpoint",
            "._",
        ),
        *("\u00e9", "e\u0301", "\u0663", "\uff11", "\u200b", "\\xe9", "\u5c16", "\ud800"),
        *("2020-01-01", "/001", "#v1#/", "Subjects/"),
    ]
)
NOISE = st.lists(PIECES, max_size=12).map("".join)


@st.composite
def near_misses(draw: st.DrawFn, whole: st.SearchStrategy[str]) -> str:
    """Draw a legal path and damage it in one to three places."""
    path = draw(whole)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(path)))
        end = min(start + draw(st.integers(0, 3)), len(path))
        path = path[:start] + draw(st.just("") | PIECES) + path[end:]
    return path


PATHS = NOISE | near_misses(datasets().map(render))


@st.composite
def sessions(draw: st.DrawFn) -> SessionPath:
    """Draw the parts of a legal session path."""
    lab = draw(st.just("") | WORD)
    day = draw(st.dates(date(1678, 1, 1), date(2261, 12, 31)))
    return SessionPath(lab, draw(FOLDER), day.isoformat(), f"{draw(st.integers(0, 999)):03}")


SESSION_PATHS = NOISE | near_misses(sessions().map(render_session))


@given(datasets())
def test_parse_is_the_inverse_of_render(dataset: Dataset) -> None:
    """parse(render(d)) == d for all legal parts."""
    assert parse_dataset(render(dataset)) == dataset


@given(sessions())
def test_parse_session_is_the_inverse_of_render(session: SessionPath) -> None:
    """parse(render(s)) == s for all legal parts."""
    assert parse_session(render_session(session)) == session


@settings(max_examples=200)
@given(PATHS | datasets().map(render))
@example("a.b_times__x.npy")
@example("_my_lab_trials.a_times_.b.npy")
@example("alf/#a.b.c#/x.y.npy")
def test_one_reads_the_same_parts(path: str) -> None:
    """What is accepted, ONE parses to the same parts, alone and below a session; and render gives it back."""
    parsed = parse_dataset(path)
    if isinstance(parsed, Refusal):
        return
    assert render(parsed) == path
    assert tuple(part or "" for part in rel_path_parts(path)) == parsed
    assert tuple(part or "" for part in full_path_parts(f"mouse/2020-01-01/001/{path}")[4:]) == parsed


@settings(max_examples=200)
@given(PATHS)
def test_refused_names_are_told_apart_as_one_does(path: str) -> None:
    """ALF101 is what ONE does not see; ALF102 is what ONE sees."""
    parsed = parse_dataset(path)
    if isinstance(parsed, Refusal) and parsed.code in ("ALF101", "ALF102") and path.count(".") <= ONE_DOTS:
        assert is_valid(path.rpartition("/")[2]) is (parsed.code == "ALF102")


@settings(max_examples=200)
@given(SESSION_PATHS | sessions().map(render_session))
@example("lab/Subjects/s/2020-01-01/001\n")
def test_one_finds_the_session_again(path: str) -> None:
    """ONE parses what is accepted to the same parts, and builds the same path from them."""
    session = parse_session(path)
    if isinstance(session, Refusal):
        return
    assert render_session(session) == path
    assert is_session_path(path)
    lab, subject, day, number = session_path_parts(path)
    assert (lab or "", subject, day, number) == session
    assert date.fromisoformat(day)
    above = f"{lab}/Subjects/" if lab else ""
    assert f"{above}{subject}/{day}/{int(number):03}" == path


@settings(max_examples=200)
@given(PATHS | st.text(max_size=40))
def test_refusals_explain_themselves(path: str) -> None:
    """The span lies in the text, the explanation is printable, and the nearest name is legal."""
    _assert_explained(path, parse_dataset(path), parse_dataset)


@settings(max_examples=200)
@given(SESSION_PATHS | st.text(max_size=40))
def test_session_refusals_explain_themselves(path: str) -> None:
    """As for datasets."""
    _assert_explained(path, parse_session(path), parse_session)


def _assert_explained(path: str, parsed: object, parse: object) -> None:
    if not isinstance(parsed, Refusal):
        return
    assert callable(parse)
    assert parsed.text == path
    assert 0 <= parsed.start <= parsed.end <= len(path)
    shown, carets, expected, *_ = explain_refusal(parsed).split("\n")
    assert re.fullmatch(r" *\^+", carets)
    assert shown.isprintable() or any(not char.isprintable() for char in path)
    assert not set(shown) & set("\n\r\x1b\u202e\u200b")
    assert expected.startswith(parsed.part)
    shown.encode()
    refusal_problem(parsed, "mouse/2020-01-01/001").message.encode()
    if parsed.nearest is not None:
        assert parsed.nearest != path
        assert not isinstance(parse(parsed.nearest), Refusal)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12))
def test_escaped_bytes_and_backslashes_are_told_apart(text: str) -> None:
    """A doubled backslash is a backslash; a single one before x and two digits is a byte that is no text."""
    doubled = text.replace("\\", "\\\\")
    parsed = parse_dataset(f"{doubled}.times.npy")
    assert not (isinstance(parsed, Refusal) and parsed.code == "ALF111")
    refused = parse_dataset(f"{doubled}\\xff.times.npy")
    assert isinstance(refused, Refusal)
    assert refused.code == "ALF111"
