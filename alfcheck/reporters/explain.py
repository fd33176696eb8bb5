"""Rules explained: one at length, all in a table, both for programs too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from alfcheck.model import Severity
from alfcheck.report import SCHEMA_VERSION
from alfcheck.reporters.paint import BOLD, DIM, SEVERITY, paint
from alfcheck.reporters.safe import cells, prose, safe, wrap

if TYPE_CHECKING:
    from alfcheck.model import Example, Origin, Rule
    from alfcheck.reporters.base import Style

__all__ = ["explain_rule", "list_rules", "rules_json"]

_SHOWN_BYTES = 300
_LEAST_ROOM = 30


def explain_rule(rule: Rule, origin: Origin, style: Style) -> str:
    """Explain a rule: what it does, why it matters, what to do, and what it accepts and refuses."""
    return "\n".join(_explained(rule, origin, style))


def _explained(rule: Rule, origin: Origin, style: Style) -> Iterator[str]:
    severity = paint(str(rule.severity), SEVERITY[rule.severity], style)
    yield f"{paint(f'{safe(rule.code)} {safe(rule.name)}', BOLD, style)} ({severity})"
    yield ""
    yield from prose(rule.summary, 0, style.width)
    sections = (("Why it matters", rule.why), ("What to do", rule.fix), ("Waiving it", _waiving(rule)))
    for title, text in sections:
        yield from ("", paint(title, BOLD, style), *prose(text, 2, style.width))
    for title, examples in (("Accepted", rule.good), ("Found", rule.bad)):
        if examples:
            yield from ("", paint(title, BOLD, style))
        for example in examples:
            yield from _example(example, style)
    yield ""
    since = f"Since {rule.since}, from" if rule.since else "From"
    told = f"Looks at: {rule.target}. {since} {origin.name} {origin.version}."
    yield paint(safe(told), DIM, style)


def _waiving(rule: Rule) -> str:
    if rule.severity is Severity.UNVERIFIED:
        return "It cannot be switched off: it says that something was not checked."
    if rule.safety:
        return (
            "Its errors cannot be switched off or lowered: what they name is dangerous, or ONE could not "
            "find or load it."
        )
    return (
        f"It can be switched off (--ignore {rule.code}) or lowered in the configuration. The report then "
        "says so first, and the datasets that this excuses are 'warn' at best."
    )


def _example(example: Example, style: Style, lead: str = "") -> Iterator[str]:
    link = f" -> {example.link_to}" if example.link_to is not None else ""
    yield safe(f"  {lead}{example.path}{link}")
    if example.note:
        yield from (paint(line, DIM, style) for line in prose(example.note, 6, style.width))
    for line in _content(example):
        yield f"      {paint('|', DIM, style)} {safe(line)}"
    for other in example.beside:
        yield from _example(other, style, "beside it: ")


def _content(example: Example) -> list[str]:
    """Give the lines of a short text; files of other kinds are told by their note."""
    data = example.data
    if not isinstance(data, bytes) or not 1 < len(data) <= _SHOWN_BYTES or not data.isascii():
        return []
    text = data.decode("ascii")
    return text.splitlines() if text.replace("\n", " ").isprintable() else []


def list_rules(rules: Iterable[tuple[Rule, Origin]], style: Style) -> Iterator[str]:
    """List rules in a table, sorted by code."""
    head = ("code", "name", "severity", "plugin")
    rows = [
        (rule, tuple(map(safe, (rule.code, rule.name, str(rule.severity), origin.name))))
        for rule, origin in sorted(rules, key=lambda item: item[0].code)
    ]
    widths = [
        max(cells(row[place]) for row in (head, *(row for _, row in rows))) for place in range(len(head))
    ]
    indent = sum(widths) + 2 * len(widths)
    yield paint(_cells(head, widths) + "summary", BOLD, style) + "\n"
    for rule, row in rows:
        lines = wrap(safe(rule.summary), max(style.width - indent, _LEAST_ROOM))
        code, name, severity, plugin = (_pad(text, width) for text, width in zip(row, widths, strict=True))
        severity = paint(severity, SEVERITY[rule.severity], style)
        yield f"{paint(code, BOLD, style)}{name}{severity}{plugin}{next(lines)}\n"
        yield from (f"{'':{indent}}{line}\n" for line in lines)


def _cells(texts: Iterable[str], widths: Iterable[int]) -> str:
    return "".join(_pad(text, width) for text, width in zip(texts, widths, strict=True))


def _pad(text: str, width: int) -> str:
    return text + " " * (width - cells(text) + 2)


def rules_json(rules: Iterable[tuple[Rule, Origin]]) -> str:
    """Give rules with all their documentation as a JSON document, sorted by code."""
    ordered = sorted(rules, key=lambda item: item[0].code)
    document = {"schema_version": SCHEMA_VERSION, "rules": [_rule(rule, origin) for rule, origin in ordered]}
    return json.dumps(document, indent=2)


def _rule(rule: Rule, origin: Origin) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "target": str(rule.target),
        "severity": str(rule.severity),
        "safety": rule.safety,
        "since": rule.since,
        "summary": rule.summary,
        "why": rule.why,
        "fix": rule.fix,
        "good": [_example_document(example) for example in rule.good],
        "bad": [_example_document(example) for example in rule.bad],
        "origin": origin._asdict(),
    }


def _example_document(example: Example) -> dict[str, Any]:
    beside = [_example_document(other) for other in example.beside]
    return {"path": example.path, "note": example.note, "link_to": example.link_to, "beside": beside}
