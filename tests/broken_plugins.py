"""Plugins that cannot be loaded: each with the line at fault (``# here``), and what must be said of it.

A source is a plugin's module after `lab_plugins.HEAD`.
"""

from __future__ import annotations

from typing import NamedTuple

from lab_plugins import HEAD

MARK = "# here"
MODULE = "alfcheck_alfcheck_bad"
POINTS = "entry_points.txt:2"


class Broken(NamedTuple):
    """A plugin that stops the run: what is said of it, and where (the marked line, unless it is told).

    ``value`` is what its entry point names, ``beside`` the source of another plugin.
    """

    source: str
    said: str
    place: str = ""
    requires: tuple[str, ...] = ()
    value: str = ""
    beside: str = ""


def marked(source: str) -> str:
    """Give the place of the marked line, as messages tell it."""
    lines = (HEAD + source).splitlines()
    return f"{MODULE}.py:{next(number for number, line in enumerate(lines, 1) if MARK in line)}"


def hook(expression: str, name: str = "alfcheck_rules") -> str:
    """A hook that is at fault."""
    return f"@alfcheck.hookimpl  # here\ndef {name}():\n    {expression}\n"


def offer(expression: str, signature: str = "dataset, path", name: str = "alfcheck_rules") -> str:
    """A function `check` that is at fault, and a hook that gives what is made of it."""
    return (
        f"def check({signature}):  # here\n    return []\n\n"
        f"@alfcheck.hookimpl\ndef {name}():\n    return [{expression}]\n"
    )


NO_MODULE = {
    "no Python": Broken("def broken(:  # here\n", "cannot be imported: SyntaxError: invalid syntax"),
    "no such library": Broken("import no_such_library  # here\n", "No module named 'no_such_library'"),
    "no such name": Broken("from json import dupms  # here\n", "ImportError: cannot import name 'dupms'"),
    "raises": Broken("def f():\n    1 / 0  # here\n\nf()\n", "ZeroDivisionError: division by zero"),
    "leaves the program": Broken("raise SystemExit(0)  # here\n", "cannot be imported: SystemExit: 0"),
    "raises what is no exception": Broken("raise BaseException('no')  # here\n", "BaseException: no"),
    "reads a file that is gone": Broken("open('/no/such/file')  # here\n", "FileNotFoundError"),
    "decorates what does not fit": Broken(
        '@alfcheck.name_rule("BAD101", "bad")  # here\ndef check(dataset):\n    return []\n',
        "the function 'check' must take (dataset, path)",
    ),
    "is not there": Broken("", "No module named 'no_such_module'", POINTS, value="no_such_module"),
    "is no module": Broken("", "names a type, not a module", POINTS, value=f"{MODULE}:Problem"),
    "has no name": Broken("", "the entry point names no module, but '!!'", POINTS, value="!!"),
}

OTHER_ALFCHECK = {
    "requires a later alfcheck": Broken(
        "1 / 0\n",
        "it requires 'alfcheck>=99', and this is alfcheck ",
        "METADATA:5",
        ("numpy", "alfcheck>=99"),
    ),
    "requires an earlier alfcheck": Broken(
        "1 / 0\n",
        "it requires 'AlfCheck[x] <0.0.1', and this is alfcheck ",
        "METADATA:4",
        ("AlfCheck[x] <0.0.1 ; python_version > '3'",),
    ),
    "requires what cannot be understood": Broken(
        "1 / 0\n", "it requires 'alfcheck >= one'", "METADATA:4", ("alfcheck >= one",)
    ),
}

NO_HOOKS = {
    "unknown hook": Broken(
        hook("return []", "alfcheck_ruls"), "there is no hook 'alfcheck_ruls'; is 'alfcheck_rules' meant?"
    ),
    "hook without its mark": Broken(
        "def alfcheck_rules():  # here\n    return []\n",
        "is not marked as a hook: write @alfcheck.hookimpl above it",
    ),
    "unknown hook without its mark": Broken(
        "def alfcheck_reader():  # here\n    return []\n", "is 'alfcheck_readers' meant?"
    ),
    "hook of wrong arguments": Broken(
        "@alfcheck.hookimpl  # here\ndef alfcheck_rules(config, root):\n    return []\n",
        "takes config, root, which it does not get: it may take settings, by name",
    ),
    "hook around the others": Broken(
        "@alfcheck.hookimpl(wrapper=True)  # here\ndef alfcheck_rules():\n    return (yield)\n",
        "cannot be wrapped",
    ),
}

NO_ANSWERS = {
    "no return": Broken(hook("rule('BAD101', print)"), "but gave nothing (None): is there a return?"),
    "a single rule": Broken(hook("return rule('BAD101', print)"), "but gave a single Rule;"),
    "a text": Broken(hook("return 'BAD101'"), "but gave a single str;"),
    "a mapping": Broken(hook("return {'BAD101': print}"), "but gave a single dict;"),
    "a coroutine": Broken(
        "@alfcheck.hookimpl  # here\nasync def alfcheck_rules():\n    return []\n",
        "but gave a single coroutine;",
    ),
    "a function": Broken(offer("check"), "gave a function 'check' that is no rule: decorate it"),
    "a reader among rules": Broken(
        offer("Reader(name='r', extensions=('wav',), read=check)", "source"),
        "must return an iterable of Rule, but gave a Reader, which is for alfcheck_readers;",
    ),
    "a generator that raises half way": Broken(
        "@alfcheck.hookimpl\ndef alfcheck_rules():\n    yield rule('BAD101', lambda dataset, path: [])\n"
        "    1 / 0  # here\n",
        "alfcheck_rules failed: ZeroDivisionError: division by zero",
    ),
    "an end of the program": Broken(
        "import sys\n@alfcheck.hookimpl\ndef alfcheck_readers():\n    sys.exit('bye')  # here\n",
        "alfcheck_readers failed: SystemExit: bye",
    ),
    "no end": Broken(
        "import itertools\n" + hook("return itertools.repeat(rule('BAD101', print))"),
        "alfcheck_rules gives more than 100000 things",
    ),
}

NO_RULES = {
    "code of alfcheck": Broken(offer("rule('ALF198', check)"), "the code ALF198 belongs to alfcheck"),
    "code that is none": Broken(offer("rule('bad-1', check)"), "take 2 to 5 capitals and three digits"),
    "code of another plugin": Broken(
        offer("rule('LAB101', check)"),
        "rule LAB101 comes from both plugin 'bad'",
        beside=offer("rule('LAB101', check)"),
    ),
    "code twice": Broken(offer("*[rule('BAD101', check)] * 2"), "rule BAD101 comes twice from plugin 'bad'"),
    "name twice": Broken(
        offer("*(rule(f'BAD10{n}', check, name='bad') for n in (1, 2))"),
        "rules BAD101 and BAD102 have one name, 'bad'",
    ),
    "name that is none": Broken(
        offer("rule('BAD101', check, name='Bad Rule')"), "the name 'Bad Rule' of rule BAD101 is none"
    ),
    "severity that is none": Broken(
        offer("rule('BAD101', check, severity='bad')"), "a Severity for severity"
    ),
    "target that is none": Broken(offer("rule('BAD101', check, target='name')"), "a Target for target"),
    "target that nobody asks": Broken(
        offer("rule('BAD101', check, Target.CONTRACT)"), "has a check for the target contract"
    ),
    "no check": Broken(hook("return [rule('BAD101', None)]"), "has no check, and would never find anything"),
    "check that is no function": Broken(
        hook("return [rule('BAD101', 3)]"), "the check of rule BAD101 is a int, not a function"
    ),
    "check of too few arguments": Broken(
        offer("rule('BAD101', check)", "dataset"),
        "the check of rule BAD101 must take dataset, path, and may take settings, but check(dataset)",
    ),
    "check of too many arguments": Broken(
        offer("rule('BAD101', check, Target.LAYOUT)", "datasets, sizes"),
        "must take one argument, and may take settings, but check(datasets, sizes) does not",
    ),
    "contents of nothing": Broken(
        offer("rule('BAD101', check, Target.CONTENT)", "file"), "does not say of what: give asks.datasets"
    ),
    "objects of nothing": Broken(
        offer("rule('BAD101', check, Target.OBJECT, asks=alfcheck.Asks(object='licks'))", "table"),
        "does not say which: give asks.object and asks.columns",
    ),
    "patterns that are a text": Broken(
        offer("rule('BAD101', check, Target.CONTENT, asks=alfcheck.Asks(datasets='*.wav'))", "file"),
        "must have a tuple of texts for asks.datasets, but has '*.wav'",
    ),
    "example that is none": Broken(
        offer("rule('BAD101', check, good=('alf/a.b.npy',))"),
        "a good example of rule BAD101 is a str: make it with alfcheck.example(",
    ),
}

NO_OFFERS = {
    "extension that is taken": Broken(
        offer("Reader(name='bad', extensions=('npy',), read=check)", "source", "alfcheck_readers"),
        "the reader of .npy files comes from both plugin 'alfcheck'",
    ),
    "extensions that are a text": Broken(
        offer("Reader(name='bad', extensions='wav', read=check)", "source", "alfcheck_readers"),
        "must have a tuple of texts for extensions, but has 'wav'",
    ),
    "extension with a dot": Broken(
        offer("Reader(name='bad', extensions=('.wav',), read=check)", "source", "alfcheck_readers"),
        "has the extension '.wav': write it without dots",
    ),
    "reader that reads nothing": Broken(
        offer("Reader(name='bad', extensions=('wav',), read=check)", "", "alfcheck_readers"),
        "the read of the reader 'bad' must take one argument, and may take settings, but check() does not",
    ),
    "report format that is taken": Broken(
        "from alfcheck.reporters.base import Reporter\n"
        + offer("Reporter(name='json', render=check)", "report, style", "alfcheck_reporters"),
        "report format json comes from both plugin 'alfcheck'",
    ),
    "session info that asks for a text": Broken(
        offer(
            "alfcheck.SessionInfo(name='bad', give=check, description='d', datasets='a.b.json')",
            "session",
            "alfcheck_session_infos",
        ),
        "must have a list of texts for datasets, but has 'a.b.json'",
    ),
    "a setting among readers": Broken(
        hook("return [alfcheck.Setting('a', int, 1, 'd')]", "alfcheck_readers"),
        "must return an iterable of Reader, but gave a Setting, which is for alfcheck_settings;",
    ),
}

UNLOADABLE = {**NO_MODULE, **OTHER_ALFCHECK, **NO_HOOKS, **NO_ANSWERS, **NO_RULES, **NO_OFFERS}
