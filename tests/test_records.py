"""Records are dataclasses: whatever the standard library's do, they do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import typing
from collections.abc import Callable, Hashable
from dataclasses import field
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfcheck.records import dataclass

OPTIONS = [
    {"slots": True, "frozen": frozen, "eq": eq, "kw_only": kw_only}
    for frozen in (True, False)
    for eq in (True, False)
    for kw_only in (True, False)
]
options = pytest.mark.parametrize("how", OPTIONS, ids=lambda how: " ".join(key for key in how if how[key]))


def plain() -> type:
    class Row:
        """A row."""

        name: str
        count: int = 3
        rest: tuple[int, ...] = ()

        def told(self) -> str:
            return f"{self.name} {self.count}"

    return Row


def factory() -> type:
    class Row:
        """A row."""

        name: str
        count: int = field(default=3, compare=False)
        rest: list[int] = field(default_factory=list, repr=False)

    return Row


def later() -> type:
    class Row:
        """A row."""

        name: str
        count: int = 3
        rest: str = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "rest", self.name * 2)

    return Row


def settling() -> type:
    class Row:
        """A row."""

        name: str
        count: int = field(default=3)
        rest: dict[str, int] = field(default_factory=dict)

        def __post_init__(self) -> None:
            object.__setattr__(self, "rest", {**self.rest, self.name: self.count})

    return Row


def shared() -> type:
    class Row:
        """A row."""

        kinds: ClassVar[tuple[str, ...]] = ("a",)
        name: str
        count: int = 3
        rest: int = 0

    return Row


def speaking() -> type:
    class Row:
        """A row."""

        name: str
        count: int = 3
        rest: int = 0

        def __repr__(self) -> str:
            return "a row"

    return Row


def undocumented() -> type:
    class Row:
        name: str
        count: int = 3
        rest: int = 0

    return Row


classes = pytest.mark.parametrize(
    "define",
    [plain, factory, later, settling, shared, speaking, undocumented],
    ids=lambda each: each.__name__,
)


def both(define: Callable[[], type], how: dict[str, bool]) -> tuple[Any, Any]:
    return dataclass(**how)(define()), dataclasses.dataclass(**how)(define())


def outcome(call: Callable[[], object]) -> object:
    """Give what a call gives, or the kind of the exception that it raises."""
    try:
        return call()
    except Exception as error:
        return type(error), str(error)


@options
@classes
def test_a_record_is_like_the_dataclass_of_the_standard_library(
    define: Callable[[], type], how: dict[str, bool]
) -> None:
    def seen(made: Any) -> list[object]:
        one, same, other = made(name="x"), made(name="x"), made(name="x", count=7)
        return [
            made.__doc__,
            made.__slots__,
            made.__qualname__,
            made.__match_args__,
            issubclass(made, Hashable),
            [(each.name, each.type, each.default, each.kw_only) for each in dataclasses.fields(made)],
            str(inspect.signature(made)),
            outcome(lambda: repr(other)) if how["eq"] or define is speaking else None,
            one == same,
            one == other,
            one == ("x", 3),
            outcome(lambda: hash(one) == hash(same)),
            dataclasses.asdict(other),
            dataclasses.asdict(dataclasses.replace(other, name="y")),
            dataclasses.asdict(copy.copy(other)),
            dataclasses.asdict(copy.deepcopy(other)),
            outcome(lambda: setattr(one, "name", "z")),
            outcome(lambda: delattr(same, "name")),
            outcome(lambda: setattr(one, "colour", "z"))[0],  # type: ignore[index]
            outcome(lambda: made("x").name),
            outcome(lambda: made("x", 1).count),
            outcome(lambda: made(names="x")),
            outcome(made),
            one.name,
        ]

    mine, theirs = both(define, how)
    assert seen(mine) == seen(theirs)


@pytest.mark.parametrize("how", [each for each in OPTIONS if each["eq"]], ids=str)
def test_functions_may_be_asked_for_in_any_order(how: dict[str, bool]) -> None:
    asks: list[Callable[[Any], object]] = [
        lambda made: repr(made(name="x")),
        lambda made: made(name="x") == made(name="x"),
        lambda made: outcome(lambda: hash(made(name="x")) == hash(made(name="x"))),
        lambda made: len(dataclasses.fields(made)),
        lambda made: made.__match_args__,
        lambda made: dataclasses.is_dataclass(made),
        lambda made: made.__dataclass_params__.frozen,
        lambda made: made(name="x").told(),
    ]
    for first in asks:
        for second in asks:
            mine, theirs = both(plain, how)
            assert [first(mine), second(mine)] == [first(theirs), second(theirs)]


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that can be found by its name."""

    name: str
    count: int = 3


@dataclass(frozen=True, slots=True)
class Longer(Kept):
    """A record that has more than another."""

    more: tuple[int, ...] = ()


@dataclass(slots=True)
class Counted:
    """A record that changes."""

    name: str
    count: int = 3


@given(st.text(), st.integers(), st.lists(st.integers()).map(tuple))
def test_records_are_pickled(name: str, count: int, more: tuple[int, ...]) -> None:
    for each in (Kept(name, count), Longer(name, count, more), Counted(name, count)):
        assert pickle.loads(pickle.dumps(each)) == each  # noqa: S301 - our own


def test_a_record_is_pickled_before_anything_else_is_asked_of_its_class() -> None:
    mine: Any = dataclass(frozen=True, slots=True)(plain())
    given = mine("x")
    assert given.__getstate__() == ["x", 3, ()]


def test_a_record_that_has_more_than_another() -> None:
    assert Longer("x", more=(1,)) == Longer("x", 3, (1,))
    assert Longer("x") != Kept("x")
    assert repr(Longer("x")) == "Longer(name='x', count=3, more=())"
    assert vars(Longer)["__slots__"] == ("more",)
    assert not hasattr(Longer("x"), "__dict__")


def test_a_record_is_matched_by_position() -> None:
    match Kept("x", 4):
        case Kept(name, count):
            found = (name, count)
    assert found == ("x", 4)


def test_what_a_record_is_made_of_can_be_looked_up() -> None:
    assert typing.get_type_hints(Kept.__init__) == {"name": str, "count": int, "return": type(None)}
    assert inspect.signature(Kept) == inspect.signature(dataclasses.dataclass(frozen=True)(plain_kept()))


def plain_kept() -> type:
    class Kept:
        """A record."""

        name: str
        count: int = 3

    return Kept


def test_a_default_that_could_change_is_refused_at_once() -> None:
    class Row:
        """A row."""

        rest: list[int] = []  # noqa: RUF012 - that is the fault

    with pytest.raises(ValueError, match="mutable default"):
        dataclass(frozen=True, slots=True)(Row)


def test_an_attribute_of_a_class_is_written_once() -> None:
    Kept("x")
    assert Kept.__init__ is Kept.__init__
