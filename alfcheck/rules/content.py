"""The rules on the content of single files (``ALF2xx``), which the readers find."""

from __future__ import annotations

from alfcheck.model import Example, Rule, Severity, Target
from alfcheck.rules.content_examples import at, deep_json, npy, npz_twice

__all__ = ["RULES"]

_GOOD = at("spikes.times.npy", npy(), "three float64 values")
_TABLE = at("clusters.metrics.csv", b"cluster_id,label\n0,0.5\n1,1.0\n", "two rows of two fields")
_JSON = at("probes.description.json", b'{"probe": "probe00", "depth": 3.5}', "standard JSON in UTF-8")


def _rule(
    code: str,
    name: str,
    summary: str,
    why: str,
    fix: str,
    bad: tuple[Example, ...],
    good: tuple[Example, ...] = (_GOOD,),
    severity: Severity = Severity.ERROR,
    safety: bool = True,
) -> Rule:
    return Rule(
        code=code, name=name, target=Target.CONTENT, severity=severity, summary=summary, why=why, fix=fix,
        good=good, bad=bad, safety=safety,
    )  # fmt: skip


RULES: tuple[Rule, ...] = (
    _rule(
        "ALF201",
        "corrupt-content",
        "The bytes are not what the extension says.",
        "ONE chooses how to load a file by its extension. It fails on such a file, or loads something else.",
        "Write the file again from its source, in the format of its extension.",
        (
            at("spikes.times.npy", b"0.5\n1.0\n1.5\n", "text, named .npy"),
            at("trials.table.pqt", b"PK\3\4 no parquet", "something else, named .pqt"),
        ),
    ),
    _rule(
        "ALF202",
        "empty-file",
        "The file has 0 bytes.",
        "ONE gives None for it, whatever the extension. An array without rows still has a header.",
        "Write the file again; if there is nothing to say, save an array or table without rows, or no file.",
        (at("spikes.times.npy", b"", "0 bytes"), at("probes.description.json", b"", "0 bytes")),
        (_GOOD, at("spikes.times.npy", npy(0, shape="(0,)"), "a header and no rows")),
    ),
    _rule(
        "ALF203",
        "truncated-file",
        "The file ends before what its header promises.",
        "A copy that broke off, a full disk, a program that was stopped while it wrote. ONE cannot load it.",
        "Copy or write the file again, and compare the sizes.",
        (
            at("spikes.times.npy", npy(2), "three values promised, two there"),
            at("spikes.times.npy", b"\x93NUMPY\x01\x00", "cut within the header"),
        ),
    ),
    _rule(
        "ALF204",
        "trailing-bytes",
        "Bytes follow after the last value of the header's shape.",
        "ONE ignores them. Either the header is wrong and values are lost, or something was appended.",
        "Save the array again with its true shape.",
        (at("spikes.times.npy", npy(3, extra=b"\0" * 8), "three values promised, four there"),),
        safety=False,
    ),
    _rule(
        "ALF205",
        "pickled-content",
        "The file holds pickled Python objects.",
        "ONE unpickles a .npy, and a pickle can run any code on the computer of whoever loads the release. "
        "From a .npz ONE refuses to load it, so that this part of the file is lost. alfcheck never unpickles "
        "and cannot say what is in the file either.",
        "Save numbers and text as plain arrays (no dtype object), and anything else as a table or JSON.",
        (
            at("spikes.times.npy", npy(0, descr="|O", extra=b"\x80\x03]q\0."), "an array of objects"),
            at("spikes.times.npy", b"\x80\x04]\x94.", "a bare pickle"),
        ),
    ),
    _rule(
        "ALF206",
        "impossible-header",
        "The header promises what cannot exist.",
        "Negative or overflowing shapes, a footer beyond the file: written by a fault, or to crash readers.",
        "Write the file again from its source.",
        (
            at("spikes.times.npy", npy(shape="(-3,)"), "a negative size"),
            at("spikes.times.npy", npy(shape="(1000000000, 1000000000, 1000000000)"), "10^27 values"),
        ),
    ),
    _rule(
        "ALF207",
        "wrong-encoding",
        "Text is not UTF-8, or JSON begins with a byte order mark.",
        "ONE reads text as UTF-8 and fails on other bytes; a byte order mark makes it give up on JSON.",
        "Save the file as UTF-8 (JSON without byte order mark).",
        (
            at("clusters.metrics.csv", b"name\nM\xfcller\n", "Latin-1"),
            at("probes.description.json", b"\xef\xbb\xbf{}", "a byte order mark"),
        ),
        (_TABLE, _JSON, at("clusters.metrics.csv", b"\xef\xbb\xbfname\nx\n", "pandas skips it in tables")),
    ),
    _rule(
        "ALF208",
        "ragged-rows",
        "Rows of a text table have more or fewer fields than its header.",
        "pandas fails on a longer row, or takes its first field for a row label and shifts all others; it "
        "fills shorter rows with missing values without a word. In .ssv two spaces make an empty field.",
        "Write the table again with the same number of fields in every line; quote fields with a delimiter.",
        (
            at("clusters.metrics.csv", b"a,b\n1,2\n3\n", "a row cut short"),
            at("clusters.metrics.csv", b"a,b\n1,2\n3,4,5\n", "a field too many"),
            at("clusters.metrics.ssv", b"a b\n1  2\n", "two spaces"),
        ),
        (_TABLE, at("clusters.metrics.csv", b'a,b\n1,"x, y"\n', "a delimiter in quotes")),
    ),
    _rule(
        "ALF209",
        "duplicated-columns",
        "Two columns, or two members of an archive, have the same name.",
        "pandas renames the second (a.1) in text and fails in parquet; of equal members only one is found.",
        "Give each column a name of its own.",
        (
            at("clusters.metrics.csv", b"a,a\n1,2\n", "the name a twice"),
            at("templates.waveforms.npz", npz_twice, "the member a twice"),
        ),
        (_TABLE,),
    ),
    _rule(
        "ALF210",
        "unnamed-column",
        "A column of a text table has no name.",
        "ONE calls it 'Unnamed: 0'. Most often it is the index of a DataFrame, saved by accident.",
        "Save with to_csv(index=False), or name the column.",
        (at("clusters.metrics.csv", b",label\n0,0.5\n1,1.0\n", "the index of a DataFrame"),),
        (_TABLE,),
        severity=Severity.WARNING,
        safety=False,
    ),
    _rule(
        "ALF211",
        "invalid-json",
        "The file is not valid JSON, or not one document a line in .jsonable.",
        "ONE gives None for an invalid .json file, and fails on a .jsonable file with a blank line.",
        "Write it with a JSON library. If each line is a document of its own, the extension is .jsonable.",
        (
            at("probes.description.json", b'{"probe": "probe00",}', "a comma too many"),
            at("probes.description.json", b'{"a": 1}\n{"a": 2}\n', "JSON lines"),
            at("trials.events.jsonable", b'{"a": 1}\n\n{"a": 2}\n', "a blank line"),
        ),
        (_JSON, at("trials.events.jsonable", b'{"a": 1}\n{"a": 2}\n', "a document a line")),
    ),
    _rule(
        "ALF212",
        "nonstandard-json",
        "NaN, Infinity or a repeated key in JSON.",
        "Python, and so ONE, reads them; other languages refuse the file, or keep another of the values.",
        "Write null for a missing number, and each key once.",
        (
            at("probes.description.json", b'{"depth": NaN}', "NaN"),
            at("probes.description.json", b'{"a": 1, "a": 2}', "a key twice"),
        ),
        (_JSON,),
        severity=Severity.WARNING,
        safety=False,
    ),
    _rule(
        "ALF213",
        "absent-content",
        "A git-LFS or git-annex pointer stands where the content should be.",
        "The release was made from a clone that did not fetch its data: nobody can say whether it is sound.",
        "Fetch the content (git lfs pull, git annex get) and check again.",
        (
            at(
                "spikes.times.npy",
                b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n",
                "a git-LFS pointer",
            ),
            at("spikes.times.npy", b"/annex/objects/SHA256E-s12345--0.npy\n", "a git-annex pointer"),
        ),
        severity=Severity.UNVERIFIED,
    ),
    _rule(
        "ALF214",
        "invalid-yaml",
        "The file is not one valid YAML document, or asks for Python objects.",
        "ONE reads YAML with the safe loader, which fails on both.",
        "Write it with a YAML library's safe functions (yaml.safe_dump).",
        (
            at("probes.description.yaml", b"a: [1, 2\n", "a bracket that is not closed"),
            at(
                "probes.description.yaml", b"!!python/object/apply:os.getcwd []\n", "a tag that asks for code"
            ),
        ),
        (at("probes.description.yaml", b"probe: probe00\ndepth: 3.5\n", "plain values"),),
    ),
    _rule(
        "ALF215",
        "headerless-table",
        "The first line of a text table looks like data.",
        "ONE takes the first line for the names of the columns, always: the first row is lost to whoever "
        "loads the table. A line looks like data if its fields over columns of numbers are all numbers.",
        "Write a first line of column names.",
        (at("clusters.metrics.ssv", b"3963997 2\n3964100 3\n3964200 1\n", "numbers from the first line on"),),
        (_TABLE,),
        severity=Severity.WARNING,
        safety=False,
    ),
    _rule(
        "ALF216",
        "scalar-array",
        "The array is a single value without dimensions.",
        "load_dataset gives it, load_object fails on it: a dataset has rows.",
        "Save it as an array of one row, or put it into a JSON file.",
        (at("spikes.times.npy", npy(1, shape="()"), "one value, no dimensions"),),
        severity=Severity.WARNING,
        safety=False,
    ),
    _rule(
        "ALF217",
        "oversized-content",
        "The content cannot be read within bounds of memory and time.",
        "Documents nested thousands of levels deep, archives that unpack to a thousand times their size, "
        "lines of many megabytes: they stop or crash whoever opens them. A file that may be sound and is "
        "only larger than what is read here is unverified instead.",
        "Store large data as arrays or parquet tables, and flatten deep documents.",
        (at("probes.description.json", deep_json, "100,000 levels"),),
        (_GOOD, _JSON),
    ),
)
