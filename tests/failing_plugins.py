"""Plugins that fail during a run: each with the line at fault (``# here``), and what it leaves unverified.

They are asked about two sessions of `FILES`, of which the first has `EXTRA` too; a source is a plugin's
module after `lab_plugins.HEAD`.
"""

from __future__ import annotations

from textwrap import indent
from typing import Any, NamedTuple

SESSION = "mouse/2020-01-01/001"
OTHER = "mouse/2020-01-02/001"
LICKS = tuple(f"{session}/alf/licks.{name}.npy" for session in (SESSION, OTHER) for name in ("side", "times"))
NAMED = tuple(path for path in LICKS if "times" in path)
WAVES = (f"{SESSION}/alf/cry.sound.wav",)

FILES: dict[str, Any] = {
    "alf/licks.times.npy": [0.5, 1.5, 2.5],
    "alf/licks.side.npy": [-1, 1, -1],
    "alf/dogs.times.npy": [1.0, 2.0],
    "alf/cats.times.npy": b"this is no array",
}
EXTRA: dict[str, Any] = {
    "alf/lab.notes.json": {"rig": 3},
    "alf/cry.sound.wav": b"RIFF",
    "alf/Bad Name.npy": b"x",
}
ALL = (
    *(f"{session}/{path}" for session in (SESSION, OTHER) for path in FILES),
    *(f"{SESSION}/{path}" for path in EXTRA if " " not in path),
)


class Failing(NamedTuple):
    """A plugin that fails: what is said, and which files are unverified (none: it judges no files)."""

    source: str
    said: str
    unverified: tuple[str, ...] = LICKS


def rule(decorator: str, signature: str, body: str) -> str:
    """A rule whose function does what `body` says; the decorator is at fault where no line of it is."""
    where = "" if "# here" in body else "  # here"
    return (
        f"@alfcheck.{decorator}{where}\ndef check({signature}):\n{indent(body, '    ')}\n\n"
        "@alfcheck.hookimpl\ndef alfcheck_rules():\n    return [check]\n"
    )


def of_name(body: str) -> str:
    guarded = f"if path != 'alf/licks.times.npy':\n    return []\n{body}"
    return rule('name_rule("BAD101", "bad", severity="warning")', "dataset, path", guarded)


def of_content(body: str) -> str:
    return rule('content_rule("BAD201", "bad", datasets=["licks.times.npy"])', "file", body)


def of_object(body: str) -> str:
    return rule('object_rule("BAD401", "bad", object="licks", columns=["times", "side"])', "licks", body)


def of_batch(body: str) -> str:
    return rule(
        'object_batch_rule("BAD401", "bad", object="licks", columns=["times", "side"])', "batch", body
    )


def of_session(body: str) -> str:
    return rule('session_rule("BAD501", "bad", columns=["licks.times", "licks.side"])', "session", body)


def reader(body: str) -> str:
    where = "" if "# here" in body else "  # here"
    return (
        f"def read(source):{where}\n{indent(body, '    ')}\n\n@alfcheck.hookimpl\ndef alfcheck_readers():\n"
        "    return [Reader(name='wave', extensions=('wav',), read=read)]\n"
    )


def contract(body: str) -> str:
    return f"""
import pandera.pandas as pa
from alfcheck import Contract, Match, Terms

def check(times):  # here
{indent(body, "    ")}

def schema():
    return pa.DataFrameSchema({{'times': pa.Column(checks=pa.Check(check))}})

@alfcheck.hookimpl
def alfcheck_contracts():
    return [Contract(id="lab.licks", version="1.0.0", match=Match(object="licks"), schema=schema,
                     owner="the lab", description="licks", terms={{"times": Terms()}})]
"""


def session_info(body: str) -> str:
    where = "" if "# here" in body else "  # here"
    return (
        f"def give(session):{where}\n{indent(body, '    ')}\n\n@alfcheck.hookimpl\n"
        "def alfcheck_session_infos():\n"
        "    return [alfcheck.SessionInfo(name='rig', give=give, description='the rig')]\n"
    )


RAISING = {
    "raises": Failing(of_name("1 / 0  # here"), "ZeroDivisionError: division by zero", NAMED),
    "raises far below": Failing(
        "import json\n" + of_name("return json.loads('{')  # here"), "JSONDecodeError", NAMED
    ),
    "raises after a problem": Failing(
        of_name("yield Problem(message='first')\nraise KeyError('rig')  # here"), "KeyError: 'rig'", NAMED
    ),
    "leaves the program": Failing(of_name("raise SystemExit(0)  # here"), "SystemExit: 0", NAMED),
    "raises what cannot be told": Failing(
        "class Mute(Exception):\n    def __str__(self):\n        raise RuntimeError\n\n"
        + of_name("raise Mute  # here"),
        "failed to run: Mute (",
        NAMED,
    ),
    "never returns from itself": Failing(
        "def deeper(n):\n    return deeper(n + 1)  # here\n\n" + of_name("return deeper(0)"),
        "RecursionError",
        NAMED,
    ),
}

NONSENSE = {
    "nothing": Failing(of_name("return None"), "it gave a NoneType, where an iterable", NAMED),
    "a number": Failing(of_name("return 3"), "it gave a int, where an iterable of Problems is due", NAMED),
    "a text": Failing(of_name("return ''"), "it gave a str, where an iterable of Problems is due", NAMED),
    "a mapping": Failing(of_name("return {}"), "it gave a dict, where an iterable of Problems is due", NAMED),
    "a truth": Failing(of_name("return True"), "it gave a bool, where an iterable", NAMED),
    "a problem alone": Failing(of_name("return Problem(message='m')"), "it gave a Problem, where an", NAMED),
    "texts": Failing(of_name("return ['wrong']"), "it gave a str where a Problem is due", NAMED),
    "no end": Failing(
        of_name("while True:\n    yield Problem(message='m')"),
        "more than 100000 problems with one thing",
        NAMED,
    ),
    "the code of alfcheck": Failing(
        of_name("yield Problem(message='m', code='ALF120')"), "it gave the code ALF120, which no rule", NAMED
    ),
    "a message that is none": Failing(
        of_name("yield Problem(message=3)"), "it gave a int for the message of a problem", NAMED
    ),
    "an empty message": Failing(
        of_name("yield Problem(message=' ')"), "it gave a str for the message of a problem", NAMED
    ),
    "a severity that is none": Failing(
        of_name("yield Problem(message='m', severity='bad')"), "'bad' is not a valid Severity", NAMED
    ),
    "a row before the first": Failing(
        of_name("yield Problem(message='m', rows=(-1,))"), "it gave -1 for the row of a problem", NAMED
    ),
    "a row beyond all": Failing(
        of_name("yield Problem(message='m', rows=(2 ** 70,))"), "it gave 1180591620717411303424 for", NAMED
    ),
    "half a row": Failing(
        of_name("yield Problem(message='m', rows=(0.5,))"), "it gave a float for the row of a problem", NAMED
    ),
    "no rows": Failing(
        of_name("yield Problem(message='m', rows=7)"), "it gave a int for the rows of a problem", NAMED
    ),
    "a count of none": Failing(
        of_name("yield Problem(message='m', count=0)"), "it gave 0 for the count of a problem", NAMED
    ),
    "a column that is none": Failing(
        of_name("yield Problem(message='m', column=b'x')"), "it gave a bytes for the column", NAMED
    ),
}

OTHER_TARGETS = {
    "file: raises": Failing(of_content("file['tims']  # here"), "there is no column 'tims'", NAMED),
    "file: writes into it": Failing(
        of_content("file['times'][0] = 9  # here\nreturn []"), "assignment destination is read-only", NAMED
    ),
    "file: names another": Failing(
        of_content("yield Problem(message='m', datasets=('alf/dogs.times.npy',))"),
        "it gave a problem of 'alf/dogs.times.npy', which is none of the paths",
        NAMED,
    ),
    "object: raises": Failing(of_object("raise ValueError(len(licks))  # here"), "ValueError: 2"),
    "object: writes into it": Failing(
        of_object("times = licks['times']\ntimes += 1  # here\nreturn []"), "output array is read-only"
    ),
    "object: sorts it": Failing(of_object("licks['times'].sort()  # here\nreturn []"), "read-only"),
    "batch: raises": Failing(of_batch("1 / 0  # here"), "ZeroDivisionError"),
    "batch: gives no pairs": Failing(
        of_batch("yield Problem(message='m')"), "where a pair of a table's number"
    ),
    "batch: gives a number that is none": Failing(
        of_batch("yield 99, Problem(message='m')"), "it gave the number 99, and there "
    ),
    "batch: writes into it": Failing(of_batch("batch['times'][:] = 0  # here\nreturn []"), "read-only"),
    "session: raises": Failing(
        of_session("session.object('lick')  # here"), "object 'lick' is in no collection"
    ),
    "names of a session: takes one away": Failing(
        rule('layout_rule("BAD102", "bad", severity="warning")', "datasets", "datasets.pop('x')  # here"),
        "'mappingproxy' object has no attribute 'pop'",
        ALL,
    ),
    "release: raises": Failing(
        rule('release_rule("BAD601", "bad", severity="warning")', "results", "1 / 0  # here"),
        "ZeroDivisionError",
        ALL,
    ),
    "session: takes names away": Failing(
        of_session("session.datasets.clear()  # here"), "'mappingproxy' object has no attribute 'clear'"
    ),
}

OTHERS = {
    "reader: raises": Failing(
        reader("1 / 0  # here"), "the reader 'wave' of alfcheck-bad 1.2 failed to run: ZeroDivision", WAVES
    ),
    "reader: cannot open its own": Failing(reader("open('/no/table')  # here"), "FileNotFoundError", WAVES),
    "reader: leaves the program": Failing(reader("raise SystemExit(0)  # here"), "SystemExit", WAVES),
    "reader: gives nothing": Failing(
        reader("return None"), "it gave a NoneType, where a Content is due", WAVES
    ),
    "reader: gives fewer values than rows": Failing(
        reader(
            "import numpy as np\nfrom alfcheck import Column, Content, Kind\n"
            "return Content(Kind.ARRAY, (Column('', 'float64'),), 5, whole={'': np.zeros(3)})"
        ),
        "whose values of '' have the shape (3,), not (5,)",
        WAVES,
    ),
    "reader: speaks for others": Failing(
        reader("raise alfcheck.BadContent(Problem(message='m', code='ALF401'))"),
        "it gave the code ALF401, which no rule has that it could speak for",
        WAVES,
    ),
    "contract: raises": Failing(contract("1 / 0"), "failed to run: ZeroDivisionError", NAMED),
    "contract: writes into it": Failing(contract("times.values[0] = 9"), "read-only", NAMED),
    "contract: gives nothing": Failing(contract("return None"), "failed to run", NAMED),
    "session info: raises": Failing(session_info("1 / 0  # here"), "ZeroDivisionError", ()),
    "session info: gives a text": Failing(session_info("return 'rig'"), "it gave a str", ()),
    "session info: gives another column": Failing(
        session_info("return {'lab': 'x'}"), "it gave 'lab', which is none of task_protocol, projects", ()
    ),
}

FAILING = {**RAISING, **NONSENSE, **OTHER_TARGETS, **OTHERS}
