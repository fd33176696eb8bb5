"""Plugins that the suite of the kit is tried with: a sound one, and ways to spoil it."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["GOOD", "SUITE", "WRONG", "Wrong", "spoilt"]

SUITE = """
from alfcheck.testing import RuleSuite

class TestMyLab(RuleSuite):
    plugin = "alfcheck_mylab"
    samples = {"lick": b"LICK1.5\\n2.5\\n"}
"""

GOOD = '''
import alfcheck
from alfcheck import Column, Content, Contract, Kind, Match, Problem, Reader, Setting, Terms, example

DOG = {"alf/dog.times.npy": [1.0, 2.0]}
DOGS = {"alf/dogs.times.npy": [1.0, 2.0], "alf/dogs.ends.npy": [1.5, 2.5]}
LATE = {"alf/dogs.times.npy": [1.0, 9.0], "alf/dogs.ends.npy": [1.5, 2.5]}
NOTES = {"alf/dogs.notes.json": {"owner": "me"}}


@alfcheck.name_rule("LAB101", "singular-dog", fix="write dogs", good=[example(DOGS)], bad=[example(DOG)])
def singular_dog(dataset, path):
    """An object of dogs has the name of one.

    ALF names objects in the plural.
    """
    if dataset.object == "dog":
        yield Problem(message="it is called dog")


@alfcheck.content_rule("LAB201", "dog-without-owner", datasets=["dogs.notes.json"], fix="name one",
                       good=[example(NOTES)], bad=[example({"alf/dogs.notes.json": {}})])
def no_owner(file):
    """The notes on a dog name no owner.

    Nobody can be asked then.
    """
    if not (isinstance(file.document, dict) and file.document.get("owner")):
        yield Problem(message="there is no owner")


@alfcheck.object_rule("LAB401", "dog-ends-early", object="dogs", columns=["times", "ends"], fix="look",
                      good=[example(DOGS)], bad=[example(LATE)])
def ends_early(dogs, settings):
    """A dog ends before it begins.

    Then one of the clocks is wrong.
    """
    if dogs["times"].dtype.kind in "fiu" and dogs["ends"].dtype.kind in "fiu":
        yield from dogs.where(dogs["ends"] + settings["slack"] < dogs["times"], "ends early", column="ends")


@alfcheck.object_batch_rule("LAB402", "dog-at-zero", object="dogs", columns=["times"], fix="look",
                            good=[example(DOGS)], bad=[example({"alf/dogs.times.npy": [0.0, 1.0]})])
def at_zero(dogs):
    """A dog begins at zero.

    The clock starts later than that.
    """
    yield from dogs.where(dogs["times"] == 0, "begins at zero", column="times")


@alfcheck.session_rule("LAB501", "many-dogs", columns=["dogs.times"], fix="fewer", good=[example(DOGS)],
                       bad=[example({"alf/dogs.times.npy": [1.0, 2.0, 3.0]})])
def many(session):
    """A session has more than two dogs.

    They do not fit.
    """
    if session.object("dogs").rows > 2:
        yield Problem(message="there are too many dogs")


def read_licks(source):
    data = source.data if source.data is not None else source.file.read()
    if not data.startswith(b"LICK"):
        raise alfcheck.BadContent(Problem(code="ALF201", message="it does not begin with LICK"))
    import numpy as np
    try:
        values = np.array([float(line) for line in data[4:].decode("ascii").split()])
    except ValueError as error:
        raise alfcheck.BadContent(Problem(code="ALF201", message="a line is no number")) from error
    return Content(Kind.ARRAY, (Column("", "float64"),), len(values), whole={"": values})


def schema():
    import pandera.pandas as pa
    return pa.DataFrameSchema({"times": pa.Column(None, pa.Check.ge(0), required=False)})


@alfcheck.hookimpl
def alfcheck_settings():
    return [Setting("slack", float, 0.25, "seconds", minimum=0.0)]


@alfcheck.hookimpl
def alfcheck_rules():
    return [singular_dog, no_owner, ends_early, at_zero, many]


@alfcheck.hookimpl
def alfcheck_contracts():
    terms = {"times": Terms(description="begin", dtypes=("number",), shapes=(("rows",),))}
    return [Contract(id="mylab.licks", version="1.0.0", match=Match(object="licks"), terms=terms,
                     schema=schema, description="Licks.", owner="my lab")]


@alfcheck.hookimpl
def alfcheck_readers():
    return [Reader(name="licks", extensions=("lick",), read=read_licks, description="One time a line.")]
'''


def spoilt(*changes: tuple[str, str]) -> str:
    """Give the sound plugin with some texts in the place of others."""
    source = GOOD
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return source


class Wrong(NamedTuple):
    """A plugin that must not pass: the test that fails (none: collecting), and what that says.

    ``suite`` is added to the class of the suite.
    """

    name: str
    test: str
    source: str
    told: tuple[str, ...]
    suite: str = ""


EARLY = 'dogs["ends"] + settings["slack"] < dogs["times"]'
GUARD = 'if dogs["times"].dtype.kind in "fiu" and dogs["ends"].dtype.kind in "fiu":'
RULES = "return [singular_dog, no_owner, ends_early, at_zero, many]"
ZERO = 'yield from dogs.where(dogs["times"] == 0, "begins at zero", column="times")'
OWNER = 'if not (isinstance(file.document, dict) and file.document.get("owner")):'

WRONG: tuple[Wrong, ...] = (
    Wrong(
        "undocumented",
        "test_rule_is_documented[LAB101]",
        spoilt(("\n    ALF names objects in the plural.\n", ""), ('fix="write dogs", ', "")),
        ("rule LAB101 singular-dog:", "it does not say why", "it does not say what to do: fix=..."),
    ),
    Wrong(
        "a name for a summary",
        "test_rule_is_documented[LAB401]",
        spoilt(("A dog ends before it begins.", "Dog ends early.")),
        ("rule LAB401 dog-ends-early:", "the summary only repeats the name (or there is none)"),
    ),
    Wrong(
        "named after a duty",
        "test_rule_is_documented[LAB101]",
        spoilt(("singular-dog", "check-dogs")),
        ("'check-dogs' says what is done; name it after the fault",),
    ),
    Wrong(
        "no bad example",
        "test_rule_examples_are_true[LAB101]",
        spoilt(("bad=[example(DOG)]", "bad=[]")),
        (
            "rule LAB101 singular-dog: its examples are not true",
            "it has no bad example: give the decorator bad=",
        ),
    ),
    Wrong(
        "no good example",
        "test_rule_examples_are_true[LAB101]",
        spoilt(("good=[example(DOGS)], bad=[example(DOG)]", "bad=[example(DOG)]")),
        ("it has no good example",),
    ),
    Wrong(
        "a bad example is good",
        "test_rule_examples_are_true[LAB401]",
        spoilt(("bad=[example(LATE)]", 'bad=[example(DOGS, "late dogs")]')),
        (
            "bad example 1, mouse/2020-01-01/001/alf/dogs.times.npy (late dogs): LAB401 was not found",
            "nothing else was found either",
        ),
    ),
    Wrong(
        "a good example is bad",
        "test_rule_examples_are_true[LAB101]",
        spoilt(("good=[example(DOGS)], bad=[example(DOG)]", "good=[example(DOG)], bad=[example(DOG)]")),
        (
            "good example 1, mouse/2020-01-01/001/alf/dog.times.npy: LAB101 was found where nothing is wrong",
            "LAB101 mouse/2020-01-01/001/alf/dog.times.npy (error): it is called dog",
        ),
    ),
    Wrong(
        "a bad example that is not shown",
        "test_rule_examples_are_true[LAB401]",
        spoilt(('columns=["times", "ends"]', 'columns=["times", "stops"]')),
        (
            "LAB401 was not found",
            "the rule was not asked: it looks at columns times, stops of the object dogs with equal numbers",
        ),
    ),
    Wrong(
        "no good example that is shown",
        "test_rule_examples_are_true[LAB201]",
        spoilt(("good=[example(NOTES)]", "good=[example(DOGS)]")),
        ("no good example was ever shown to the rule", "it looks at datasets dogs.notes.json"),
    ),
    Wrong(
        "a rule that raises",
        "test_rule_examples_are_true[LAB101]",
        spoilt(('yield Problem(message="it is called dog")', 'yield Problem(message={}["woof"])')),
        ("bad example 1", "the rule itself failed:", "KeyError: 'woof'"),
    ),
    Wrong(
        "another rule is broken too",
        "test_rule_examples_are_true[LAB101]",
        spoilt(("DOG = {", 'DOG = {"alf/_ibl_trials.choice.npy": [7], ')),
        ("it breaks other rules too", "ALF303 mouse/2020-01-01/001/alf/_ibl_trials.choice.npy"),
        "    alone = True\n",
    ),
    Wrong(
        "it writes into an array",
        "test_rule_changes_nothing[LAB402]",
        spoilt((ZERO, f'dogs["times"][0] += 1\n    {ZERO}')),
        ("rule LAB402: work on a copy:", "read-only"),
    ),
    Wrong(
        "it writes into a document",
        "test_rule_changes_nothing[LAB201]",
        spoilt((OWNER, f'file.document["seen"] = True\n    {OWNER}')),
        ("rule LAB201: work on a copy:", "it changes the FileData that it is given"),
    ),
    Wrong(
        "it looks at what it did not ask for",
        "test_rule_asks_for_what_it_uses[LAB402]",
        spoilt((ZERO, f'if "ends" in dogs:\n        return\n    {ZERO}')),
        ("rule LAB402: name them among columns=", "it looks for ends, which it did not ask for"),
    ),
    Wrong(
        "it fails without rows",
        "test_rule_survives_odd_data[LAB402]",
        spoilt((ZERO, f'dogs["times"].max()\n    {ZERO}')),
        ("rule LAB402 fails with odd data:", "good example 1", "no rows: ALF901", "zero-size array"),
    ),
    Wrong(
        "it fails with texts",
        "test_rule_survives_odd_data[LAB401]",
        # Not called times, of which the catalogue's contracts know that they are numbers.
        spoilt((GUARD, "if True:")).replace("times", "starts"),
        ("rule LAB401 fails with odd data:", "texts: ALF901"),
    ),
    Wrong(
        "it fails with another document",
        "test_rule_survives_odd_data[LAB201]",
        spoilt((OWNER, 'if not file.document.get("owner"):')),
        ("rule LAB201 fails with odd data:", "lists for documents: ALF901", "has no attribute 'get'"),
    ),
    Wrong(
        "it fails with a name",
        "test_rule_survives_odd_names[LAB101]",
        spoilt(('if dataset.object == "dog":', 'if int(dataset.object.encode("ascii"), 36) == 17476:')),
        ("rule LAB101 singular-dog fails with the name ", "UnicodeEncodeError"),
    ),
    Wrong(
        "it remembers",
        "test_rule_says_the_same_twice[LAB402]",
        spoilt(
            ("def at_zero(dogs):", "def at_zero(dogs, seen=[]):"),
            (ZERO, f"seen.append(1)\n    if len(seen) % 2:\n        {ZERO}"),
        ),
        (
            "rule LAB402: asked twice about the same release",
            "only the first time: 1 of 2 rows: begins at zero",
        ),
    ),
    Wrong(
        "a batch that crosses files",
        "test_rule_says_of_many_what_it_says_of_each[LAB402]",
        spoilt((ZERO, f'if len(dogs.tables) > 1:\n        yield 0, Problem(message="many")\n    {ZERO}')),
        ("rule LAB402: of a session among others", "only among others: many"),
    ),
    Wrong(
        "two prefixes",
        "test_codes_share_a_prefix",
        spoilt(("LAB501", "MINE501")),
        ("the codes begin with LAB and MINE: take one prefix",),
    ),
    Wrong(
        "a contract without words",
        "test_contract_is_sound[mylab.licks@1.0.0]",
        spoilt(('description="Licks.", owner="my lab"', 'description=""')),
        ("contract mylab.licks@1.0.0:", "it has no description", "it has no owner"),
    ),
    Wrong(
        "a contract that nothing keeps",
        "test_contract_accepts_its_example[mylab.licks@1.0.0]",
        spoilt(("pa.Check.ge(0)", "[pa.Check.ge(5), pa.Check.le(4)]")),
        ("contract mylab.licks@1.0.0: data that keep it are refused:", "no example of it can be made"),
    ),
    Wrong(
        "a schema that cannot be built",
        "test_contract_is_sound[mylab.licks@1.0.0]",
        spoilt(("pa.Check.ge(0)", "pa.Check.geh(0)")),
        ("its schema cannot be built: AttributeError",),
    ),
    Wrong(
        "a reader that raises",
        "test_reader_survives_odd_bytes[licks]",
        spoilt(("except ValueError as error", "except KeyError as error")),
        (
            "reader licks fails:",
            "byte 4 spoilt, given whole: ",
            "raise BadContent",
            "in the whole program: ALF901",
        ),
    ),
    Wrong(
        "a reader of small files alone",
        "test_reader_survives_odd_bytes[licks]",
        spoilt(
            ("data = source.data if source.data is not None else source.file.read()", "data = source.data")
        ),
        ("an empty file, given as an open file: AttributeError",),
    ),
    Wrong(
        "a reader that reads large files otherwise",
        "test_reader_survives_odd_bytes[licks]",
        spoilt(("else source.file.read()", "else source.file.read(8)")),
        ("sample 1: given whole it is read otherwise than as an open file",),
    ),
    Wrong(
        "a reader without words",
        "test_reader_is_documented[licks]",
        spoilt(('description="One time a line."', 'description=""')),
        ("reader licks:", "it has no description"),
    ),
    Wrong(
        "nothing is offered",
        "test_plugin_offers_something",
        "import alfcheck\n",
        ("offers no rule, contract or reader, so that nothing is tested: return them from alfcheck_rules",),
    ),
    Wrong(
        "a default that is none",
        "",
        spoilt(('float, 0.25, "seconds"', 'float, "x", "seconds"')),
        ("TestMyLab: plugin ", "slack"),
    ),
    Wrong(
        "no such plugin",
        "",
        GOOD,
        ("TestMyLab: plugin 'alfcheck_other' cannot be imported",),
        '    plugin = "alfcheck_other"\n',
    ),
    Wrong(
        "no plugin is named",
        "",
        GOOD,
        ('say which plugin is tested, like plugin = "alfcheck_mylab"',),
        '    plugin = ""\n',
    ),
)
