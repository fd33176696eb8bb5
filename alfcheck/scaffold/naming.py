"""What a new plugin is called: its distribution, package, contracts and codes; and what is taken."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from alfcheck.errors import UsageError

__all__ = ["Names", "named"]

_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_LONGEST = 30
_PREFIX = re.compile(r"[A-Z]{2,5}")
_RESERVED = ("alfcheck", "load", "schemas")
"""alfcheck itself, the key of a configuration that names plugins, and the plugin of the catalogue."""


class Names(NamedTuple):
    """What a plugin is called in each place where it needs a name.

    ``name`` is that of the entry point and of ``[plugins.NAME]``; ``word`` has letters and digits alone, as
    ALF wants of a namespace; ``prefix`` is what its codes begin with.
    """

    name: str
    distribution: str
    package: str
    word: str
    prefix: str


def named(
    name: str, prefix: str | None, *, plugins: Collection[str] = (), prefixes: Mapping[str, str] | None = None
) -> Names:
    """Give the names of a new plugin; raises `UsageError` for what cannot be or is taken.

    `plugins` are the names that are taken, `prefixes` the beginnings of codes with the plugins that have
    them.
    """
    _refuse_name(name, plugins)
    package = f"alfcheck_{name.replace('-', '_')}"
    word = re.sub(r"[-_]", "", name)
    return Names(
        name,
        f"alfcheck-{name.replace('_', '-')}",
        package,
        word,
        _prefix(name, prefix, prefixes or {}),
    )


def _refuse_name(name: str, plugins: Collection[str]) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")[:_LONGEST].strip("-")
        meant = f"; write it like {plain}" if _NAME.fullmatch(plain) else ""
        raise UsageError(
            f"a plugin cannot be called {name!r}: take small letters and digits, a letter first, with - or _ "
            f"between them, {_LONGEST} characters at most{meant}"
        )
    if name in _RESERVED:
        raise UsageError(f"a plugin cannot be called {name!r}, which means something else; take another name")
    if re.match(r"alfcheck[-_]", name):
        raise UsageError(f"leave the beginning out: plugins new {name[9:]} writes alfcheck-{name[9:]}")
    # "my-lab" and "my_lab" would be one distribution and one package.
    if re.sub("_", "-", name) in {re.sub("_", "-", each) for each in plugins}:
        raise UsageError(
            f"there is a plugin {name!r} already (see alfcheck plugins show {name}); take another name, or "
            "uninstall it first"
        )


def _prefix(name: str, given: str | None, taken: Mapping[str, str]) -> str:
    prefix = given if given is not None else _derived(name)
    if not _PREFIX.fullmatch(prefix):
        raise UsageError(
            f"codes cannot begin with {prefix!r}: choose 2 to 5 capitals of your own with --prefix (like LAB)"
        )
    if prefix.startswith("ALF"):
        raise UsageError(
            f"codes that begin with {prefix} belong to alfcheck: choose 2 to 5 capitals with --prefix"
        )
    if prefix in taken:
        raise UsageError(
            f"codes that begin with {prefix} belong to the plugin {taken[prefix]!r}: choose others with "
            "--prefix"
        )
    return prefix


def _derived(name: str) -> str:
    """Take the first letters of the words, or of the only word."""
    words = re.findall(r"[a-z]+", name)
    letters = "".join(word[0] for word in words) if len(words) > 1 else words[0]
    return letters[:5].upper()
