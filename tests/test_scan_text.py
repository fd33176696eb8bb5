"""Names as text: reversible, whatever the bytes."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfcheck.scan import os_path, path_text

NAMES = st.binary(min_size=1, max_size=30).filter(lambda raw: b"\0" not in raw).map(os.fsdecode)


@given(NAMES)
def test_every_name_has_a_text_of_its_own_and_back(name: str) -> None:
    text = path_text(name)
    assert os_path(text) == name
    text.encode()


@given(NAMES, NAMES)
def test_two_names_never_share_a_text(one: str, other: str) -> None:
    assert (path_text(one) == path_text(other)) == (one == other)


def test_text_doubles_backslashes_and_escapes_what_is_not_utf8() -> None:
    assert path_text(os.fsdecode(b"a\\b\xff\xc3\xa9")) == r"a\\b\xffé"
    assert path_text(os.fsdecode(rb"\xff")) == r"\\xff"


@pytest.mark.parametrize("text", ["\\", "a\\q", "\\xfg", "\\\\\\"])
def test_a_lone_backslash_is_no_text(text: str) -> None:
    with pytest.raises(ValueError, match="backslash"):
        os_path(text)
