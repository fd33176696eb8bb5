"""The words of the language, as data: what may stand where, of which kind, and what it means.

The parser refuses what is not here, and the published JSON Schema is made from it (`published`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = [
    "COLUMN",
    "COMPONENT",
    "CONDITION",
    "CONTRACT",
    "COUNT",
    "FORMAT",
    "HINTS",
    "MATCH",
    "RELATION",
    "ROWS",
    "SESSION",
    "STATUS",
    "WANTED",
    "Key",
]

FORMAT = 1
"""The version of the format that is read."""

STATUS = ("draft", "active", "deprecated")


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the kind of its value, what it means, whether it must be there."""

    kind: str
    description: str
    required: bool = False


Keys = Mapping[str, Key]


def _keys(**keys: Key) -> Keys:
    return MappingProxyType(keys)


CONTRACT = _keys(
    alfcheck=Key("format", "The version of the format, 1; the first key of the file.", required=True),
    id=Key("id", "The contract's name: lower-case words with dots, such as ibl.trials.", required=True),
    version=Key("version", "The contract's semantic version, such as 1.0.0.", required=True),
    status=Key("status", "draft, active (the default) or deprecated."),
    owner=Key("text", "Who answers for the contract."),
    description=Key("text", "What the contract promises, in a sentence."),
    source=Key("text", "Where its facts come from."),
    match=Key("match", "Which datasets it judges; left out in a contract about sessions alone."),
    rows=Key("rows", "The rule for the numbers of rows."),
    strict=Key("boolean", "true: a table may have no columns but these."),
    columns=Key(
        "columns", "What each attribute holds: as files of their own and as columns of a table alike."
    ),
    relations=Key("relations", "What columns of one row say of one another, across files too."),
    session=Key("session", "What a session should have; judged only where a configuration requires it."),
)

MATCH = _keys(
    object=Key("object_pattern", "The object; a pattern with *, ? and [...].", required=True),
    namespace=Key("namespace_pattern", 'The namespace; a pattern; "" for none. Left out: any.'),
    collection=Key("collection_pattern", "The collection; a pattern whose * crosses /. Left out: any."),
    extensions=Key("extensions", "The extensions, without dots. Left out: any."),
)

ROWS = MappingProxyType(
    {
        "agree": Key("boolean", "true: unequal row counts of the object's datasets are an error."),
        "except": Key("texts", "Attributes whose row counts may differ."),
        "at_least": Key("count", "The fewest rows that each dataset has."),
    }
)

COLUMN = _keys(
    description=Key("text", "What the values are, in a sentence."),
    unit=Key(
        "unit", "The unit: a physical one (s, uV, rad/s), or samples, px, counts, a.u., fraction, code ..."
    ),
    dtype=Key("dtype", "One dtype or several: numpy's names, or a kind such as number."),
    shape=Key("shape", "The shape, rows first ([rows, 2]), or a list of shapes."),
    nullable=Key("boolean", "true: values may be missing (NaN, NaT, nothing). Default false."),
    missing=Key("missing", "A value that stands for a missing one; no check sees it."),
    missing_share=Key("share", "The share of the values that may be missing, 0 to 1."),
    tolerance=Key("tolerance", "By how much limits, sets, order and equality may be missed."),
    references=Key(
        "object", "The object whose rows the values count, from 0; none: no object's, whatever the name says."
    ),
    examples=Key("examples", "Values that keep the contract."),
    source=Key("text", "Where the fact comes from."),
    unique=Key("unique", "true: no value occurs twice in a file."),
    required=Key("boolean", "true: a table must have this column. Default false."),
    document=Key("document", "The JSON Schema (draft 2020-12) that a JSON or YAML file keeps."),
    lines=Key("boolean", "true: each line of the file keeps the JSON Schema of `document`."),
    checks=Key("checks", "Checks, as a mapping, or as a list of mappings with one check each."),
)

COMPONENT = ("description", "nullable", "missing", "unique", "required", "tolerance", "checks")
"""What may be said of one component (``intervals_0``) of an attribute."""

_COMPARED = "Two columns; a * in both stands for the same word."
RELATION = _keys(
    lt=Key("pair", f"The first is less than the second. {_COMPARED}"),
    le=Key("pair", f"The first is at most the second. {_COMPARED}"),
    gt=Key("pair", f"The first is greater than the second. {_COMPARED}"),
    ge=Key("pair", f"The first is at least the second. {_COMPARED}"),
    eq=Key("pair", f"Both are equal. {_COMPARED}"),
    ne=Key("pair", f"They differ. {_COMPARED}"),
    check=Key(
        "expression", "An expression that holds in each row, such as: choice == 1 or missing(contrastLeft)"
    ),
    when=Key("expression", "An expression for the rows that are judged."),
    tolerance=Key("tolerance", "By how much the relation may be missed."),
    severity=Key("severity", "error (the default) or warning."),
    description=Key("text", "What is expected, in words for the finding."),
)

SESSION = _keys(
    when=Key("condition", "The sessions that are meant; left out: all."),
    datasets=Key("wanted", "What they should have, one line each.", required=True),
)

WANTED = _keys(
    required=Key(
        "path", "A dataset that must be there: its path in the session without revisions; a pattern."
    ),
    optional=Key("path", "A dataset that may be there."),
    any_of=Key("paths", "Datasets of which at least one must be there."),
    each=Key("each", "Collections with one word in braces (raw_ephys_data/{probe}): asked for each of them."),
    count=Key("number_of_files", "How many files match: a number, or a mapping with min and max."),
    when=Key("condition", "The sessions of which this is asked."),
    description=Key("text", "What it is."),
)

COUNT = _keys(
    min=Key("count", "The fewest files."),
    max=Key("count", "The most files."),
)

CONDITION = _keys(
    protocol=Key("text", "A pattern for the task protocol."),
    collection=Key("collection_pattern", "A pattern that one of the session's collections matches."),
    device=Key("text", "A device that the session's own documents name."),
    document=Key(
        "triple", "A dataset's name (a pattern), a path of keys (tasks/0), a pattern for the value."
    ),
)

HINTS: Mapping[str, str] = MappingProxyType(
    {
        "severity": "severity belongs to one check, as in ge: {min_value: 0, severity: warning}",
        "error": "error belongs to one check, as in ge: {min_value: 0, error: a count}",
        "coerce": "take it out: alfcheck judges files as they are",
        "regex": "for the form of text write str_matches; names with * are patterns without further ado",
        "pattern": "write str_matches",
        "min": "write ge",
        "minimum": "write ge",
        "min_value": "write ge",
        "max": "write le",
        "maximum": "write le",
        "max_value": "write le",
        "gte": "write ge",
        "geq": "write ge",
        ">=": "write ge",
        ">": "write gt",
        "lte": "write le",
        "leq": "write le",
        "<=": "write le",
        "<": "write lt",
        "==": "write eq",
        "between": "write in_range: [0, 1]",
        "notnull": "take it out: missing values are refused unless nullable is true",
        "range": "write in_range: [0, 1]",
        "enum": "write isin",
        "values": "write isin",
        "allowed_values": "write isin",
        "type": "write dtype",
        "dtypes": "write dtype; it takes a list too",
        "shapes": "write shape; it takes a list of shapes too",
        "units": "write unit",
        "title": "write description",
        "increasing": "write strictly_increasing: true",
        "monotonic": "write sorted: true",
        "not_null": "take it out: missing values are refused unless nullable is true",
    }
)
"""What is meant by words of other languages, where likeness would not tell."""
