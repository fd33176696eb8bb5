"""Contract files with one mistake each: its place is marked by ``>>``, then what is said and the way out."""

from __future__ import annotations

HEAD = "alfcheck: 1\nid: lab.licks\nversion: 1.0.0\n"
MATCH = "match: {object: licks}\n"
TIMES = "columns:\n  times: {dtype: floating, shape: [rows]}\n"
SOUND = HEAD + MATCH + TIMES


def column(terms: str) -> str:
    """Give a contract with one column of these terms."""
    return f"{HEAD}{MATCH}columns:\n  times: {{{terms}}}\n"


def columns(*entries: str) -> str:
    """Give a contract with these lines under ``columns``."""
    return HEAD + MATCH + "columns:\n" + "".join(f"  {entry}\n" for entry in entries)


def relation(terms: str) -> str:
    """Give a contract with one relation of these terms, between columns `a`, `b` and `pairs`."""
    entries = ("a: {dtype: number}", "b: {dtype: number}", "pairs: {dtype: number, shape: [rows, 2]}")
    return columns(*entries, "word: {dtype: string}") + f"relations:\n  one: {{{terms}}}\n"


def dataset(terms: str) -> str:
    """Give a contract with one line of what sessions should have."""
    return HEAD + f"session:\n  datasets:\n    - {{{terms}}}\n"


Case = tuple[str, str, str, str]

FILE: tuple[Case, ...] = (
    ("not YAML", HEAD + "match: {object: >>]\n", "this is no YAML", "lists stand in"),
    ("tabs", HEAD + "match:\n>>\tobject: licks\n", "cannot start any token", "indent with spaces"),
    ("empty", ">>", "the file is empty", "begin it with alfcheck: 1"),
    ("no mapping", ">>- alfcheck\n", "must be a mapping, but is a list", "begin it with alfcheck: 1"),
    ("two documents", SOUND + ">>---\n" + SOUND, "a second document", "a file of its own"),
    ("duplicate key", column("ge: 0, >>ge: 1"), "'ge' stands twice; first in line 6", "keep one"),
    ("alias", columns("a: &one {dtype: number}", "b: >>*one"), "the alias \\*one", "write it out"),
    ("tag", column("ge: >>!!python/object:os.system {}"), "the tag .* is not known", "take it out"),
    ("complex key", column(">>[a, b]: 1"), "a key must be text, but is a list", "one word"),
    ("logical key", columns(">>on: {dtype: number}"), "a key must be text, but is on, which is true", '"on"'),
    ("too deep", column("examples: " + "[" * 47 + ">>[" + "]" * 48), "nested more than 50 deep", "nest less"),
    ("too large", f">>{SOUND}#{'x' * 2**20}", "at most 1048576 are read", "split"),
    ("lone surrogate", HEAD + "owner: >>\ud800\n", "not UTF-8", "save the file as UTF-8"),
    ("no contract", ">>id: lab.licks\n", "lacks the key 'alfcheck'", "begin the file with alfcheck: 1"),
    ("not first", f"id: lab.licks\n>>alfcheck: 1\nversion: 1.0.0\n{MATCH}{TIMES}", "not the first", "top"),
    (
        "format",
        ">>".join(("alfcheck: ", "2\nid: lab.licks\n")),
        "the number 2; this alfcheck reads 1",
        "later",
    ),
    ("no id", f">>alfcheck: 1\nversion: 1.0.0\n{MATCH}{TIMES}", "lacks the key 'id'", "add id: "),
    (
        "no version",
        f">>alfcheck: 1\nid: lab.licks\n{MATCH}{TIMES}",
        "lacks the key 'version'",
        "add version: ",
    ),
    ("id", SOUND.replace("lab.licks", ">>Lab.Licks"), "id cannot be 'Lab.Licks'", "lower-case words"),
    ("id without a dot", SOUND.replace("lab.licks", ">>licks"), "id cannot be 'licks'", "dots between them"),
    ("version", SOUND.replace("1.0.0", ">>1.0.x"), "but is '1.0.x'", "such as 1.0.0"),
    ("version a number", SOUND.replace("1.0.0", ">>1.2"), "but is the number 1.2", "write version: 1.2.0"),
    ("status", SOUND + "status: >>activ\n", "status cannot be 'activ'", "is 'active' meant"),
    ("unknown key", SOUND + ">>collumns: {}\n", "has no key 'collumns'", "is 'columns' meant"),
    ("owner no", SOUND + "owner: >>no\n", "must be text, but is no, which is false in YAML", '"no"'),
    ("owner date", SOUND + "owner: >>2024-01-01\n", "'2024-01-01', which is a date", '"2024-01-01"'),
    ("owner number", SOUND + "owner: >>12\n", "must be text, but is the number 12", '"12"'),
    ("strict", SOUND + 'strict: >>"yes"\n', "must be true or false, but is the text 'yes'", "without quotes"),
    (
        "judges nothing",
        HEAD.replace("alfcheck", ">>alfcheck"),
        "judges nothing",
        "match and columns, or session",
    ),
    ("columns without match", HEAD + ">>" + TIMES, "columns without match", "add match: {object: NAME}"),
    ("match without columns", HEAD + ">>" + MATCH, "names none of their attributes", "under columns"),
)

MATCHES: tuple[Case, ...] = (
    (
        "key",
        HEAD + "match: {object: licks, >>extension: [npy]}\n" + TIMES,
        "has no key",
        "'extensions' meant",
    ),
    ("no object", HEAD + "match: >>{namespace: ibl}\n" + TIMES, "lacks the key 'object'", "add object: "),
    ("object", HEAD + "match: {object: >>li-cks}\n" + TIMES, "holds '-'", "match nothing"),
    ("object set", HEAD + 'match: {object: >>"licks[.-]"}\n' + TIMES, "holds a dot", "match nothing"),
    (
        "object with namespace",
        HEAD + "match: {object: >>_ibl_trials}\n" + TIMES,
        "a key of its own",
        "mend it",
    ),
    ("namespace", HEAD + "match: {object: a, namespace: >>_ibl_}\n" + TIMES, "write it without", "mend it"),
    ("collection", HEAD + "match: {object: a, collection: >>/alf}\n" + TIMES, "begins, ends", "mend it"),
    ("collection up", HEAD + "match: {object: a, collection: >>../alf}\n" + TIMES, "'..'", "mend it"),
    (
        "extension",
        HEAD + "match: {object: a, extensions: >>[.npy]}\n" + TIMES,
        "begins with a dot",
        "npy, pqt",
    ),
    (
        "extension pattern",
        HEAD + 'match: {object: a, extensions: >>"n*"}\n' + TIMES,
        "no patterns",
        "npy, pqt",
    ),
    ("rows key", SOUND + "rows: {>>excpt: [times]}\n", "has no key 'excpt'", "'except' meant"),
    ("rows except", SOUND + "rows: {except: [>>time]}\n", "is not declared", "is 'times' meant"),
    ("rows at least", SOUND + "rows: {at_least: >>-1}\n", "a whole number from 0", "at_least: 1"),
)

COLUMNS: tuple[Case, ...] = (
    ("key", column(">>units: s"), "has no key 'units'", "write unit"),
    ("check", column(">>is_in: [1]"), "has no key 'is_in'", "is 'isin' meant"),
    ("nested check", column("checks: {>>is_in: [1]}"), "there is no check 'is_in'", "is 'isin' meant"),
    ("severity of a column", column(">>severity: warning"), "has no key 'severity'", "belongs to one check"),
    (
        "no column",
        HEAD + MATCH + "columns: >>[times]\n",
        "must be a mapping, but is a list",
        "each attribute",
    ),
    ("unknown argument", column("ge: {min_value: 0, >>maximum: 1}"), "has no key 'maximum'", "min_value"),
    ("missing argument", column("in_range: >>{min_value: 0}"), "lacks the key 'max_value'", "add max_value"),
    ("wrong argument", column("ge: >>zero"), "must be a number or a date", "write a number"),
    ("argument with quotes", column('missing_share: >>"0.5"'), "but is the text '0.5'", "quotes away"),
    ("1e-6", column("dtype: number, tolerance: >>1e-6"), "but is the text '1e-6'", "write 1.0e-6"),
    ("value 1e-6", column("isin: [>>1e-6, 1]"), "which YAML takes for text", "write 1.0e-6 for the number"),
    ("value yes", column("dtype: string, isin: [>>yes]"), "yes, which is true in YAML", '"yes" in quotes'),
    ("value date", column("dtype: datetime, ge: >>2024-01-01"), "which is a date in YAML", "in quotes"),
    ("value null", column("isin: [>>null]"), "nothing in YAML", "nullable: true"),
    ("octal", column("ge: >>010"), "not all readers of YAML", "write 10 for the number"),
    ("sexagesimal", column("ge: >>12:30"), "not all readers of YAML", "in quotes"),
    ("infinite", column("le: >>.inf"), "must be a finite number", "leave it out"),
    ("not a number", column("isin: [>>.nan]"), "must be a finite number", "leave it out"),
    ("missing NaN", column("missing: >>.nan"), "NaN stands for a missing value already", "nullable: true"),
    ("in_range order", column("in_range: >>[1, 0]"), "goes from 1 to 0", "the lesser first: \\[0, 1\\]"),
    (
        "in_range of one",
        column("in_range: >>[1]"),
        "a list of two numbers, but is a list of 1",
        "write ge or le",
    ),
    ("isin empty", column("isin: >>[]"), "isin is an empty list", "write isin: \\[1, 2\\]"),
    ("isin no list", column("isin: >>1"), "isin must be a list, but is the number 1", "write isin: "),
    ("regex", column('dtype: string, str_matches: >>"("'), "missing \\)", "mend the pattern"),
    ("endless regex", column('str_matches: >>"(a+)+$"'), "for ever", "mend the pattern"),
    ("severity", column("ge: {min_value: 0, severity: >>warn}"), "cannot be 'warn'", "'warning' meant"),
    ("sorted false", column("sorted: >>false"), "sorted must be true", "leave it out"),
    ("dtype", column("dtype: >>float46"), "no dtype 'float46'", "is 'float64' meant"),
    ("kind", column("dtype: >>str"), "no dtype 'str'", "is 'string' meant"),
    ("ge on text", column("dtype: string, ge: >>0"), "ge cannot judge the dtype string", "number"),
    (
        "matches on numbers",
        column("dtype: number, str_matches: >>a"),
        "cannot judge the dtype number",
        "string",
    ),
    ("isin on numbers", column('dtype: number, isin: [1, >>"1"]'), "asks for '1'", "change the dtype"),
    ("isin on integers", column("dtype: integer, isin: [1, >>0.5]"), "asks for 0.5", "change the dtype"),
    ("eq on bytes", column("dtype: uint8, eq: >>256"), "asks for 256", "change the dtype"),
    ("logical order", column("dtype: bool, le: >>1"), "le cannot judge the dtype bool", "number"),
    ("shape of zero", column("shape: [rows, >>0]"), "a dimension cannot be the number 0", "number from 1"),
    ("negative shape", column("shape: [rows, >>-2]"), "a dimension cannot be the number -2", "number from 1"),
    ("shape no list", column("shape: >>rows"), "shape must be a list", "write shape: \\[rows, 2\\]"),
    ("mixed shapes", column("shape: >>[[rows], 2]"), "mixes dimensions and shapes", "several as"),
    ("unit", column("unit: >>hz"), "there is no unit 'hz'", "is 'Hz' meant"),
    ("unit of powers", column("unit: >>V2/Hz"), "there is no unit 'V2'", "is 'V' meant"),
    ("no unit", column("unit: >>s**s"), "is no unit", "write products"),
    ("share", column("nullable: true, missing_share: >>5"), "a share from 0 to 1", "write 5 % as 0.05"),
    ("share of nothing", column("missing_share: >>0.1"), "nothing may be missing", "add nullable: true"),
    ("tolerance", column("tolerance: >>-0.1"), "must not be negative", "write tolerance: 0.1"),
    ("tolerance of text", column("dtype: string, tolerance: >>0.1"), "has no meaning", "leave it out"),
    ("missing", column('dtype: number, missing: >>"none"'), "cannot hold", "change the dtype"),
    ("references", column("references: >>spikes.times"), "holds a dot", "such as clusters"),
    ("references a pattern", column('references: >>"spike*"'), "is a pattern", "such as clusters"),
    ("references of text", column("dtype: string, references: >>spikes"), "counts rows", "dtype: number"),
    ("required pattern", columns('"*_times": {>>required: true}'), "cannot be required", "name the columns"),
    (
        "example",
        column("ge: 0, examples: [1, >>-1]"),
        "the example -1 breaks the contract",
        "mend the example",
    ),
    ("example missing", column("examples: [>>null]"), "missing values are refused", "mend the example"),
    ("example row", column("shape: [rows, 2], examples: [[1, 2], >>[1]]"), "no shape has such rows", "mend"),
    ("impossible", columns(">>times: {gt: 5, lt: 1}"), "no value is greater than 5 and less than 1", "widen"),
    ("impossible set", columns(">>times: {isin: [5], lt: 1}"), "none of 5 passes", "widen"),
    (
        "no component",
        columns("intervals: {shape: [rows, 2]}", ">>interval_0: {}"),
        "not declared",
        "'intervals'",
    ),
    ("component", columns(">>span_0: {}"), "is not declared", "add span: {shape: \\[rows, 1\\]}"),
    (
        "beyond",
        columns("span: {shape: [rows, 2]}", ">>span_2: {}"),
        "is beyond the shape \\[rows, 2\\]",
        "from 0",
    ),
    (
        "component's unit",
        columns("span: {shape: [rows, 2]}", "span_0: {>>unit: s}"),
        "a unit of its own",
        "under span",
    ),
    (
        "never asked",
        columns("span: {shape: [rows, 2], >>ge: 0}", "span_0: {}", "span_1: {}"),
        "ge of 'span' is never asked",
        "move it to span_0",
    ),
)

DOCUMENTS: tuple[Case, ...] = (
    (
        "no schema",
        column("document: >>schema.json"),
        "must be a JSON Schema, but is the text",
        "type: object",
    ),
    ("unsound", column("document: {type: >>objekt}"), "no sound JSON Schema", "types are string"),
    ("remote", column("document: {$ref: >>'https://a.b/c'}"), "nothing is fetched", "under \\$defs"),
    ("dangling", column("document: {$ref: >>'#/$defs/a'}"), "which is not in the schema", "under \\$defs"),
    (
        "draft",
        column('document: {$schema: >>"http://json-schema.org/draft-07/schema#"}'),
        "is of",
        "take it out",
    ),
    ("anchor", column('document: {$ref: >>"#name"}'), "which is not in the schema", "under \\$defs"),
    ("id", column("document: {properties: {a: {>>$id: b}}}"), "has an \\$id", "take it out"),
    (
        "large",
        column(f"document: >>{{enum: [{', '.join(['a'] * 6000)}]}}"),
        "at most 5000 are read",
        "say less",
    ),
    ("pattern", column('document: {pattern: >>"(a+)+$"}'), "for ever", "mend the pattern"),
    ("example", column("document: {type: object}, examples: [{}, >>1]"), "the example 1 breaks", "mend"),
    ("lines", column("lines: >>true"), "lines says how a document is read", "add document"),
)

RELATIONS: tuple[Case, ...] = (
    ("key", relation("le: [a, b], >>tolerence: 1"), "has no key 'tolerence'", "'tolerance' meant"),
    ("nothing", relation("severity: warning").replace("one:", ">>one:"), "asks nothing", "one of lt, le"),
    (
        "two",
        relation("lt: [a, b], ge: [a, b]").replace("one:", ">>one:"),
        "several things \\(lt, ge\\)",
        "several relations",
    ),
    ("undeclared", relation("le: [a, >>c]"), "names 'c', which is not declared", "add c under columns"),
    ("near", relation("le: [pairs_0, >>pair_1]"), "names 'pair_1'", "is 'pairs' meant"),
    ("beyond", relation("le: [a, >>pairs_2]"), "names 'pairs_2'", "add pairs_2|is 'pairs' meant"),
    ("array", relation("le: [a, >>pairs]"), "several values a row", "such as pairs_0"),
    ("itself", relation("lt: >>[a, a]"), "with itself, which never holds", "first_column"),
    ("always", relation("le: >>[a, a]"), "with itself, which always holds", "first_column"),
    ("three", relation("le: >>[a, b, a]"), "two columns, but is a list of 3", "first_column"),
    ("stars", relation('le: >>["*_0", b]'), "do not have one \\* each", "one \\* in both"),
    ("kinds", relation(">>le: [a, word]"), "compares number and string", "of one kind"),
    (
        "expression",
        relation("check: a == b +>>* 1"),
        "this is no expression",
        "choice == 1",
    ),
    ("call", relation('check: "a == >>open(b)"'), "open\\(\\) is not known", "abs"),
    ("undeclared in an expression", relation(">>check: a == c"), "names 'c'", "add c under columns"),
    ("when", relation("le: [a, b], >>when: c == 1"), "names 'c'", "add c under columns"),
    ("tolerance", relation("le: [a, b], tolerance: >>-1"), "must not be negative", "tolerance: 1"),
    (
        "contradiction",
        relation("lt: [a, b]") + "  >>two: {lt: [b, a]}\n",
        "'two' cannot hold beside 'one'",
        "keep one of the two",
    ),
    ("name", relation("lt: [a, b]") + "  >>Two: {ne: [b, a]}\n", "can be no relation's name", "lower case"),
)

SESSIONS: tuple[Case, ...] = (
    (
        "key",
        HEAD + "session:\n  >>dataset: []\n  datasets: [{optional: a.b.npy}]\n",
        "no key 'dataset'",
        "'datasets' meant",
    ),
    ("no datasets", HEAD + "session: >>{when: {device: a}}\n", "lacks the key 'datasets'", "add datasets"),
    ("kind", dataset(">>requires: a.b.npy, optional: a.b.npy"), "no key 'requires'", "'required' meant"),
    (
        "no kind",
        HEAD + "session:\n  datasets:\n    - >>{count: 1}\n",
        "says none of required",
        "one line for each",
    ),
    (
        "two kinds",
        HEAD + "session:\n  datasets:\n    - >>{required: a.b.npy, any_of: [a.b.npy, c.d.npy]}\n",
        "required and any_of",
        "one line for each",
    ),
    ("empty pattern", dataset('required: >>""'), "is empty", "alf/_ibl_trials"),
    ("absolute", dataset("required: >>/alf/a.b.npy"), "relative to the session", "alf/_ibl_trials"),
    ("upwards", dataset("required: >>../a.b.npy"), "'..'", "alf/_ibl_trials"),
    ("revision", dataset('required: >>"alf/#2024#/a.b.npy"'), "revision folders", "alf/_ibl_trials"),
    ("any of one", dataset("any_of: >>[a.b.npy]"), "names one dataset", "required: a.b.npy"),
    ("word", dataset('required: >>"alf/{probe}/a.b.npy"'), "which each does not name", "add each"),
    (
        "other word",
        dataset('each: "raw/{probe}", required: >>"alf/{prob}/a.b.npy"'),
        "each does not name",
        "{probe}",
    ),
    ("each", dataset("each: >>raw, required: a.b.npy"), "one word in braces", "raw_ephys_data/{probe}"),
    ("count", dataset("required: a.b.npy, count: >>{min: 2, max: 1}"), "from 2 to 1", "min: 1, max: 2"),
    ("count of nothing", dataset("required: a.b.npy, count: >>{}"), "says no number", "{min: 1, max: 2}"),
    ("count in words", dataset("required: a.b.npy, count: >>one"), "must be a number", "write a number"),
    ("none required", dataset("required: a.b.npy, count: >>0"), "forbids what is required", "from 1"),
    (
        "condition",
        dataset("required: a.b.npy, when: {>>protokol: a}"),
        "no key 'protokol'",
        "'protocol' meant",
    ),
    ("no condition", dataset("required: a.b.npy, when: >>{}"), "names no condition", "leave it out"),
    ("document", dataset("required: a.b.npy, when: {document: >>[a, b]}"), "three texts", "_ibl_experiment"),
)

CASES: dict[str, tuple[Case, ...]] = {
    "file": FILE,
    "match": MATCHES,
    "columns": COLUMNS,
    "documents": DOCUMENTS,
    "relations": RELATIONS,
    "sessions": SESSIONS,
}
