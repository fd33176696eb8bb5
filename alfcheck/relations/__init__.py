"""What datasets say of one another: the views that ONE composes, their rows, lengths and references.

Pure functions of names and counts; the pipeline brings both.
"""

from __future__ import annotations

from alfcheck.relations.lengths import Length, judge_lengths
from alfcheck.relations.references import Claim, Pointer, pointers
from alfcheck.relations.rows import Member, RowCount, judge_rows, named, row_count
from alfcheck.relations.views import TABLE, Columns, View, compose, views

__all__ = [
    "TABLE",
    "Claim",
    "Columns",
    "Length",
    "Member",
    "Pointer",
    "RowCount",
    "View",
    "compose",
    "judge_lengths",
    "judge_rows",
    "named",
    "pointers",
    "row_count",
    "views",
]
