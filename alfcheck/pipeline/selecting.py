"""The codes that a user names: each must be of a rule, and those that are looked for must be able to run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from alfcheck.config import Settings, nearest, shown
from alfcheck.errors import UsageError
from alfcheck.model import Rule, Target
from alfcheck.plugins import Owned

__all__ = ["refuse_contents", "refuse_unknown"]

Codes = Collection[str]
Rules = Mapping[str, Owned]


def refuse_unknown(settings: Settings, select: Codes, ignore: Codes, rules: Rules) -> None:
    """Raise `UsageError` for a code that no rule has; it names the file and the key, or the option.

    `select` and `ignore` are those of the command line, which are beginnings of codes too.
    """
    given = [*(("--select", code) for code in select), *(("--ignore", code) for code in ignore)]
    for place, code in (*given, *_configured(settings)):
        if not any(known.startswith(code) for known in rules):
            raise UsageError(f"{place}: there is no rule {code!r}{_way_out(code, rules)}")


def _configured(settings: Settings) -> Iterator[tuple[str, str]]:
    """Give the codes of a configuration, each with its file and key."""
    file = f"{shown(settings.source)}: " if settings.source is not None else ""
    for code in settings.select:
        yield f"{file}select", code
    for code in settings.ignore:
        yield f"{file}ignore", code
    for code in settings.severity:
        yield f"{file}severity.{code}", code
    for glob, own in settings.severity_in:
        for code in own:
            yield f'{file}severity."{glob}".{code}', code


def _way_out(code: str, rules: Rules) -> str:
    """Say which code may be meant, or that the plugin with such codes is not there."""
    letters = "".join(re.findall("^[A-Z]+", code))
    alike = tuple(known for known in rules if known.startswith(letters))
    if alike:
        return nearest(code, alike)
    known = ", ".join(sorted({each.rstrip("0123456789") for each in rules}))
    return (
        f": the plugin that offers {letters} is not loaded (codes begin with {known}); load it with -p, or "
        "do not leave it out with --no-plugin"
    )


def refuse_contents(select: tuple[str, ...], rules: Rules) -> None:
    """Raise `UsageError` where no rule that was selected can run without opening a file."""
    chosen = [owned.rule for code, owned in rules.items() if code.startswith(select)]
    if chosen and all(map(_looks_at_contents, chosen)):
        raise UsageError(
            "the selected rules look at contents; --names-only opens no file: select others than "
            f"{', '.join(select)}, or leave --names-only out"
        )


def _looks_at_contents(rule: Rule) -> bool:
    if rule.target is Target.SESSION:
        return bool(rule.asks.columns or rule.asks.datasets)
    return rule.target in (Target.CONTENT, Target.CONTRACT, Target.OBJECT)
