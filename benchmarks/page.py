"""The figures as text, and as the table in docs/performance.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["case_as_text", "write_page"]

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
Said = Mapping[str, Any]


def figure(value: float, unit: str) -> str:
    """Give a figure with its unit, in as many digits as it is worth."""
    digits = 0 if abs(value) >= 50 else 1 if abs(value) >= 10 else 3 if abs(value) < 1 else 2
    return f"{value:.{digits}f} {unit}".strip()


def limit_of(claim: Said) -> str:
    """Give the limit of a claim, and what is aimed at."""
    sign = "≥" if claim["least"] else "≤"
    aim = f" (aim {claim['aim']:g})" if claim["aim"] is not None else ""
    return f"{sign} {claim['limit']:g} {claim['unit']}".strip() + aim


def case_as_text(said: Said, *, judged: bool = True) -> str:
    """Give one case for a terminal; figures of tiny data are not `judged`."""
    lines = [f"{said['title']}: {said['about']}"]
    for name, each in said["programs"].items():
        spread = f"{min(each['all_seconds']):.3f} to {max(each['all_seconds']):.3f}"
        lines.append(f"  {name:34} {each['seconds']:9.3f} s   ({spread}) {each['peak_mib']:7.0f} MiB")
    lines += [f"  {name:34} FAILED: {why}" for name, why in said["failed"].items()]
    for claim in said["claims"]:
        mark = ("kept" if claim["holds"] else "NOT KEPT") if judged else "of full size"
        lines.append(
            f"  {claim['what']:50} {figure(claim['value'], claim['unit']):>10}   {limit_of(claim)}: {mark}"
        )
    for rows in said["tables"].values():
        lines += ["  " + "  ".join(f"{cell:24}" for cell in row) for row in rows]
    return "\n".join([*lines, *(f"  {note}" for note in said["notes"])]) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Give a table of Markdown."""
    return [
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
    ]


def case_as_markdown(said: Said) -> list[str]:
    """Give one case for the page."""
    lines = [f"### {said['title']}", "", f"{said['about']} Measured {said['date']}.", ""]
    if said["claims"]:
        rows = [
            (
                claim["what"],
                f"**{figure(claim['value'], claim['unit'])}**",
                limit_of(claim),
                "yes" if claim["holds"] else "**no**",
            )
            for claim in said["claims"]
        ]
        lines += table(("claim", "measured", "limit", "kept"), rows)
    programs = [
        (name, figure(each["seconds"], "s"), str(len(each["all_seconds"])), f"{each['peak_mib']:.0f} MiB")
        for name, each in said["programs"].items()
    ]
    lines += table(("program", "median", "runs", "peak memory"), programs)
    for head, *rows in said["tables"].values():
        lines += table(head, rows)
    return [*lines, *(f"{note}\n" for note in said["notes"])]


def write_page(page: Path, results: Path, order: Sequence[str]) -> None:
    """Put the figures of all cases between the marks of the page; what is around them stays."""
    known = [results / f"{name}.json" for name in order]
    cases = [json.loads(path.read_text(encoding="utf-8")) for path in known if path.is_file()]
    if not cases:
        return
    facts = max(cases, key=lambda each: str(each["date"]))["machine"]
    lines = ["; ".join(f"{name} {value}" for name, value in facts.items()) + ".", ""]
    for said in cases:
        lines += case_as_markdown(said)
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    measured = "\n".join(lines).rstrip()
    page.write_text(f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}", encoding="utf-8")
