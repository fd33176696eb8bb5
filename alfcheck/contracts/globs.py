"""Patterns of `fnmatch` as the regular expressions of pandera's columns, and back."""

from __future__ import annotations

import re

__all__ = ["glob_of", "is_glob", "regex_of"]

_TOKEN = re.compile(
    r"(?P<any>\.\*)|(?P<one>\.)|\\(?P<escaped>.)|\[(?P<set>\^?[\w-]+)\]|(?P<plain>\w)", re.ASCII
)
_GLOB = re.compile(r"(?P<any>\*+)|(?P<one>\?)|\[(?P<set>!?[\w-]+)\]|(?P<plain>.)", re.ASCII | re.DOTALL)


def is_glob(name: str) -> bool:
    """Tell whether `name` is a pattern rather than a name."""
    return any(char in name for char in "*?[")


def regex_of(glob: str) -> str:
    """Give the regular expression that matches (`re.fullmatch`) what the pattern `glob` does."""
    return "".join(map(_as_regex, _GLOB.finditer(glob)))


def _as_regex(token: re.Match[str]) -> str:
    if token["any"]:
        return ".*"
    if token["one"]:
        return "."
    if token["set"]:
        return f"[{token['set'].replace('!', '^')}]"
    return re.escape(token["plain"])


def glob_of(regex: str) -> str | None:
    """Give the pattern that a regular expression is, ``None`` if it says what no pattern can."""
    glob = ""
    position = 0
    while position < len(regex):
        token = _TOKEN.match(regex, position)
        if token is None:
            return None
        glob += _as_glob(token)
        position = token.end()
    return glob if is_glob(glob) and regex_of(glob) == regex else None


def _as_glob(token: re.Match[str]) -> str:
    if token["any"]:
        return "*"
    if token["one"]:
        return "?"
    if token["set"]:
        return f"[{token['set'].replace('^', '!')}]"
    return token["escaped"] or token["plain"]
