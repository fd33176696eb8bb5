"""The report formats that come with alfcheck."""

from __future__ import annotations

from alfcheck.reporters.base import Reporter
from alfcheck.reporters.documents import render_json, render_jsonl
from alfcheck.reporters.text import render_text

__all__ = ["REPORTERS"]

REPORTERS: tuple[Reporter, ...] = (
    Reporter("text", render_text, "for people: grouped by rule, repeats counted"),
    Reporter("json", render_json, "one document with everything (its JSON Schema is published)"),
    Reporter("jsonl", render_jsonl, "a header, then one finding a line"),
)
