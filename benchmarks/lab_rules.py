"""Write a plugin of many rules: what a lab with a book of rules would have."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write_rules"]

HEAD = '''\
"""Naming rules and rules about trials, as many as a large lab has."""

import re

import alfcheck
from alfcheck import Problem


def naming(number):
    forbidden = re.compile(rf"(^|_)forbidden{number}(_|$)")

    @alfcheck.name_rule(f"NAM{number:03}", f"forbidden-word-{number}", severity="warning")
    def check(dataset, path):
        """A forbidden word is in the name."""
        if forbidden.search(dataset.object) or forbidden.search(dataset.attribute):
            yield Problem(message=f"{path} has a word that nobody knows")

    return check


PAIRS = [
    ("trials", "stimOn_times", "feedback_times"),
    ("trials", "goCue_times", "response_times"),
    ("trials", "intervals_0", "intervals_1"),
    ("trials", "response_times", "feedback_times"),
    ("wheel", "timestamps", "position"),
]


def ordering(number):
    object_, first, second = PAIRS[number % len(PAIRS)]

    @alfcheck.object_rule(f"OBJ{number:03}", f"too-far-{number}", object=object_, columns=[first, second])
    def check(table):
        """Two columns are too far apart."""
        apart = abs(table[second] - table[first]) > 1e6 + number
        yield from table.where(apart, f"{second} is too far from {first}", column=second)

    return check


'''

TAIL = """\
@alfcheck.hookimpl
def alfcheck_rules():
    return [*map(naming, range({names})), *map(ordering, range({objects}))]
"""


def write_rules(path: Path, *, names: int, objects: int) -> None:
    """Write a plugin file of so many naming rules, and rules about objects."""
    path.write_text(HEAD + TAIL.format(names=names, objects=objects), encoding="utf-8")
