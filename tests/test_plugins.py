"""Plugins: loaded strictly, asked once, told apart, and not able to spoil more than their own part."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lab_plugins import Lab

import alfcheck
from alfcheck.cli import run
from alfcheck.errors import ExitCode, PluginError
from alfcheck.model import Origin, Severity, Verdict
from alfcheck.plugins import Request, load_ruleset

NO_DOGS = """
def check(dataset, path):
    if dataset.object == "dogs":
        yield Problem(message="dogs are not welcome")

@alfcheck.hookimpl
def alfcheck_rules():
    return [rule("{code}", check, name="{name}")]
"""
SESSION = "mouse/2020-01-01/001"
Make = Callable[..., Path]


def no_dogs(code: str = "LAB101", name: str = "dogs") -> str:
    return NO_DOGS.format(code=code, name=name)


def offering(expression: str, hook: str = "alfcheck_rules") -> str:
    return f"\n@alfcheck.hookimpl\ndef {hook}():\n    {expression}\n"


def refusal(*wanted: str, disabled: tuple[str, ...] = ()) -> str:
    with pytest.raises(PluginError) as raised:
        load_ruleset(Request(wanted, disabled))
    assert raised.value.exit_code == ExitCode.USAGE
    return str(raised.value)


# --- what plugins offer is found, and attributed -------------------------------------------------------


def test_built_in_parts_come_through_the_same_hooks() -> None:
    ruleset = load_ruleset()
    assert {info.name for info in ruleset.plugins} >= {"alfcheck", "schemas"}
    assert ruleset.rules["ALF120"].origin.name == "alfcheck"
    assert set(ruleset.reader_origins) == set(ruleset.readers)
    assert set(ruleset.contract_origins) == {contract.label for contract in ruleset.contracts}


def test_an_installed_plugin_is_loaded_and_named(lab: Lab, make: Make) -> None:
    lab.install(no_dogs())
    report = alfcheck.check(make(f"{SESSION}/alf/dogs.times.mp4"))
    (found,) = (each for each in report.findings if each.code == "LAB101")
    assert (found.origin, found.rule) == (Origin("alfcheck-lab", "1.2"), "dogs")
    assert found.path == f"{SESSION}/alf/dogs.times.mp4"
    assert Origin("alfcheck-lab", "1.2") in report.plugins


def test_an_installed_plugin_can_be_left_out(lab: Lab, make: Make) -> None:
    lab.install(no_dogs())
    report = alfcheck.check(make(f"{SESSION}/alf/dogs.times.mp4"), disabled=("lab",))
    assert "LAB101" not in report.summary["findings"]  # type: ignore[operator]


@pytest.mark.parametrize("how", ["file", "module"])
def test_a_local_plugin_is_loaded_when_asked_for(how: str, lab: Lab, make: Make) -> None:
    path = lab.file(no_dogs())
    wanted = path if how == "file" else "rules"
    report = alfcheck.check(make(f"{SESSION}/alf/dogs.times.mp4"), plugins=(wanted,))
    (found,) = (each for each in report.findings if each.code == "LAB101")
    assert found.origin == Origin("rules", "local")


def test_a_plugin_file_does_not_stand_in_for_a_module(lab: Lab) -> None:
    """A file called ``json.py`` is a plugin, and ``import json`` still means Python's own."""
    load_ruleset(Request((lab.file(no_dogs(), "json.py"),)))
    import json as imported

    assert imported.__file__ == json.__file__
    assert hasattr(imported, "dumps")


def test_what_is_asked_for_twice_is_loaded_once(lab: Lab) -> None:
    path = lab.file(no_dogs())
    indirect = f"{Path(path).parent}/../plugins/rules.py"
    once = load_ruleset(Request((path,)))
    assert load_ruleset(Request((path, indirect, path))).rules.keys() == once.rules.keys()
    assert load_ruleset(Request(("alfcheck_schemas",))).plugins == load_ruleset().plugins


# --- loading is strict ---------------------------------------------------------------------------------


def told(
    message: str, *, name: str = "lab", distribution: str = "alfcheck-lab", version: str = "1.2"
) -> None:
    assert repr(name) in message
    assert f"{distribution} {version}" in message
    assert f"--no-plugin {name}" in message


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import no_such_module", "No module named 'no_such_module'"),
        ("1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(0)", "SystemExit"),
        ("def (", "SyntaxError"),
    ],
)
def test_an_installed_plugin_that_cannot_be_imported_stops_the_run(
    source: str, expected: str, lab: Lab
) -> None:
    lab.install(source)
    message = refusal()
    told(message)
    assert expected in message
    load_ruleset(Request(disabled=("lab",)))


def test_an_import_error_names_the_line(lab: Lab) -> None:
    assert "(rules.py:9)" in refusal(lab.file("x = 1\n1 / 0"))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("./no_such_file.py", "no file no_such_file.py"),
        ("no_such_module", "No module named 'no_such_module'"),
        ("folder/", "no file folder"),
    ],
)
def test_a_local_plugin_that_is_not_there_stops_the_run(wanted: str, expected: str) -> None:
    message = refusal(wanted)
    assert expected in message
    assert repr(wanted) in message
    assert "-p" in message


def test_an_entry_point_must_be_a_module(lab: Lab) -> None:
    lab.install("thing = 3\n")
    points = next(lab.folder.glob("*.dist-info")) / "entry_points.txt"
    points.write_text(points.read_text().strip() + ":thing\n")
    message = refusal()
    told(message)
    assert "names a int, not a module" in message


RULE_FAULTS = [
    ("return [3]", "must return an iterable of Rule, but gave a int"),
    ("return 3", "must return an iterable of Rule, but gave a single int"),
    ("return None", "but gave nothing (None): is there a return?"),
    ("return 'LAB101'", "but gave a single str"),
    ("return rule('LAB101', None)", "but gave a single Rule"),
    ("yield rule('LAB101', None); 1 / 0", "alfcheck_rules failed: ZeroDivisionError"),
    ("raise SystemExit(0)", "alfcheck_rules failed: SystemExit"),
    ("return [rule('lab101', None)]", "the code 'lab101' of rule 'lab101' is none"),
    ("return [rule('LAB1', None)]", "the code 'LAB1' of rule 'lab1' is none"),
    ("return [rule('LABLAB101', None)]", "is none: take 2 to 5 capitals and three digits, like LAB101"),
    ("return [rule('LAB101\\n', None)]", "is none"),
    ("return [rule(101, None, name='n')]", "the code 101 of rule 'n' is none"),
    (
        "return [rule('ALF198', None)]",
        "the code ALF198 belongs to alfcheck: take 2 to 5 capitals of your own",
    ),
    ("return [rule('LAB101', None)] * 2", "rule LAB101 comes twice from plugin 'lab'"),
    ("return [rule('LAB101', 3)]", "the check of rule LAB101 is a int, not a function"),
    ("return [rule('LAB101', print, target=Target.CONTRACT)]", "a check for the target contract"),
    ("return [rule('LAB101', None, target='name')]", "must have a Target for target"),
    ("return [rule('LAB101', None, severity='bad')]", "a Severity for severity"),
]


@pytest.mark.parametrize(("expression", "expected"), RULE_FAULTS)
def test_a_wrong_answer_stops_the_run(expression: str, expected: str, lab: Lab) -> None:
    lab.install(offering(expression))
    message = refusal()
    told(message)
    assert expected in message


@pytest.mark.parametrize(
    ("hook", "kind"),
    [
        ("alfcheck_contracts", "Contract"),
        ("alfcheck_readers", "Reader"),
        ("alfcheck_reporters", "Reporter"),
    ],
)
def test_every_collecting_hook_knows_its_type(hook: str, kind: str, lab: Lab) -> None:
    lab.install(offering("return [object()]", hook))
    message = refusal()
    told(message)
    assert f"{hook} must return an iterable of {kind}, but gave a object" in message


def test_a_hook_that_does_not_exist_stops_the_run(lab: Lab) -> None:
    lab.install(offering("return []", "alfcheck_ruls"))
    message = refusal()
    told(message)
    assert "there is no hook 'alfcheck_ruls'; is 'alfcheck_rules' meant?" in message


def test_a_misspelt_hook_without_its_mark_stops_the_run(lab: Lab) -> None:
    lab.install("def alfcheck_ruls():\n    return []\n")
    message = refusal()
    told(message)
    assert "is 'alfcheck_rules' meant?" in message


def test_a_hook_that_is_not_marked_stops_the_run(lab: Lab) -> None:
    lab.install("def alfcheck_rules():\n    return []\n")
    message = refusal()
    told(message)
    assert "'alfcheck_rules' is not marked as a hook: write @alfcheck.hookimpl above it" in message


def test_a_hook_with_arguments_that_it_does_not_get_stops_the_run(lab: Lab) -> None:
    lab.install("@alfcheck.hookimpl\ndef alfcheck_rules(config):\n    return []\n")
    message = refusal()
    told(message)
    assert "config" in message
    assert "\n" not in message


# --- what belongs to one belongs to no other -----------------------------------------------------------


def test_a_code_belongs_to_one_plugin(lab: Lab) -> None:
    lab.install(no_dogs(), name="one")
    lab.install(no_dogs(), name="two", version="2.0")
    message = refusal()
    assert (
        "rule LAB101 comes from both plugin 'one' (alfcheck-one 1.2, alfcheck_alfcheck_one.py:9) and "
        "plugin 'two' (alfcheck-two 2.0, alfcheck_alfcheck_two.py:9)"
    ) in message
    assert "disable one with --no-plugin one or --no-plugin two" in message
    assert load_ruleset(Request(disabled=("one",))).rules["LAB101"].origin == Origin("alfcheck-two", "2.0")


def test_an_extension_belongs_to_one_reader(lab: Lab) -> None:
    lab.install(offering('return [Reader(name="mine", extensions=("npy",), read=print)]', "alfcheck_readers"))
    message = refusal()
    assert "the reader of .npy files comes from both plugin 'alfcheck'" in message
    assert message.endswith("disable one with --no-plugin lab")


def test_a_report_format_belongs_to_one_plugin(lab: Lab) -> None:
    source = "from alfcheck.reporters.base import Reporter\n" + offering(
        'return [Reporter(name="json", render=print)]', "alfcheck_reporters"
    )
    lab.install(source)
    message = refusal()
    assert "report format json comes from both" in message
    assert message.endswith("disable one with --no-plugin lab")


def test_a_contract_belongs_to_one_plugin(lab: Lab) -> None:
    taken = load_ruleset().contracts[0]
    source = f"""
    import alfcheck_schemas

    @alfcheck.hookimpl
    def alfcheck_contracts():
        return [each for each in alfcheck_schemas.alfcheck_contracts() if each.id == {taken.id!r}]
    """
    lab.install(source)
    message = refusal()
    assert (
        f"contract {taken.id} comes from both plugin 'lab' (alfcheck-lab 1.2, alfcheck_alfcheck_lab.py:11) "
        "and plugin 'schemas'"
    ) in message
    assert message.endswith("disable one with --no-plugin lab or --no-plugin schemas")


def test_two_distributions_cannot_offer_plugins_of_one_name(lab: Lab) -> None:
    lab.install(no_dogs("LAB101"), distribution="first")
    lab.install(no_dogs("LAB102"), distribution="second", version="3")
    message = refusal()
    assert "plugin 'lab' comes from both first 1.2 (entry_points.txt:2) and second 3 (entry_points" in message
    assert "--no-plugin lab" in message
    assert "LAB101" not in load_ruleset(Request(disabled=("lab",))).rules


def test_nobody_else_is_called_alfcheck(lab: Lab) -> None:
    lab.install(no_dogs(), name="alfcheck", distribution="other")
    message = refusal()
    assert "other 1.2" in message
    assert "the name of the built-in rules" in message


@pytest.mark.parametrize("name", ["schemas.py", "alfcheck.py"])
def test_a_file_does_not_hide_behind_a_plugin_of_its_name(name: str, lab: Lab) -> None:
    """It would not be loaded, and a rule that is lost would read as a pass."""
    message = refusal(lab.file(no_dogs(), name))
    assert "a plugin of that name is loaded already" in message
    assert "give the file another name" in message


def test_two_files_of_one_name_are_told_apart(lab: Lab) -> None:
    message = refusal(lab.file(no_dogs(), "a/rules.py"), lab.file(no_dogs("LAB102"), "b/rules.py"))
    assert "a plugin of that name is loaded already" in message


def test_what_is_left_out_must_exist(lab: Lab) -> None:
    lab.install(no_dogs())
    message = refusal(disabled=("labb",))
    assert "--no-plugin labb: there is no such plugin" in message
    assert "lab, schemas" in message


def test_the_built_in_rules_cannot_be_left_out() -> None:
    assert "the built-in rules cannot be left out" in refusal(disabled=("alfcheck",))


# --- the command ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [["check", "TREE"], ["release", "TREE"], ["rules"], ["explain", "ALF120"]]
)
def test_the_command_ends_with_2_and_the_message(
    arguments: list[str], lab: Lab, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = make(f"{SESSION}/alf/dogs.times.mp4")
    lab.install("import no_such_module")
    assert run([str(tree) if word == "TREE" else word for word in arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    told(err)
    assert sorted(path.name for path in tree.iterdir()) == ["mouse"]


def test_the_command_takes_plugins_and_leaves_them_out(
    lab: Lab, make: Make, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.file(no_dogs())
    lab.install(no_dogs("LAB102", "cats"))
    monkeypatch.chdir(lab.folder)
    tree = str(make(f"{SESSION}/alf/dogs.times.mp4"))
    assert run(["check", tree, "-p", "./rules.py", "--no-plugin", "lab", "--fail-on", "warning"]) == 1
    out = capsys.readouterr().out
    assert "LAB101" in out
    assert "LAB102" not in out
    assert run(["explain", "cats"]) == 0
    assert "alfcheck-lab 1.2" in capsys.readouterr().out


# --- order of installation -----------------------------------------------------------------------------


def test_the_order_of_plugins_changes_nothing(lab: Lab, make: Make) -> None:
    tree = make(*(f"{SESSION}/alf/{name}.times.mp4" for name in ("cats", "dogs")))
    files = [lab.file(no_dogs(f"LAB{n}01", f"dogs-{n}"), f"rules{n}.py") for n in (3, 1, 2)]
    reports = [alfcheck.check(tree, plugins=order) for order in itertools.permutations(files)]
    findings = {(report.findings, report.plugins, report.fingerprint, report.ledger) for report in reports}
    assert len(findings) == 1
    codes = [each.code for each in reports[0].findings if each.code.startswith("LAB")]
    assert codes == ["LAB101", "LAB201", "LAB301"]


def test_the_fingerprint_follows_the_bytes_of_plugins(lab: Lab) -> None:
    path = Path(lab.file(no_dogs()))
    before = load_ruleset(Request((str(path),))).fingerprint
    assert load_ruleset(Request((str(path),))).fingerprint == before
    path.write_text(path.read_text().replace("welcome", "wellcome"))
    assert load_ruleset(Request((str(path),))).fingerprint != before
    assert load_ruleset().fingerprint != before


def test_the_fingerprint_follows_every_module_of_a_plugin_s_package(lab: Lab) -> None:
    lab.file("", "kennel/__init__.py")
    beside = Path(lab.file("", "kennel/more/data.yaml"))
    lab.file(no_dogs(), "kennel/hooks.py")
    before = load_ruleset(Request(("kennel.hooks",))).fingerprint
    beside.write_text("other")
    assert load_ruleset(Request(("kennel.hooks",))).fingerprint != before


def test_the_fingerprint_follows_what_a_plugin_file_imports_from_beside(lab: Lab) -> None:
    """Whatever that imports in turn, and if it is only imported when it is called."""
    path = lab.file("from . import names\n" + no_dogs(), "own/rules.py")
    lab.file("def later():\n    from .deep import words\n", "own/names.py")
    deep = Path(lab.file("words = 1\n", "own/deep.py"))
    other = Path(lab.file("words = 1\n", "own/other.py"))
    before = load_ruleset(Request((path,))).fingerprint
    other.write_text("words = 2\n")
    assert load_ruleset(Request((path,))).fingerprint == before
    deep.write_text("words = 2\n")
    assert load_ruleset(Request((path,))).fingerprint != before


def test_the_fingerprint_follows_the_libraries_that_a_plugin_requires(lab: Lab) -> None:
    """A codec may read a file otherwise than the one before."""
    lab.install(no_dogs(), requires=("Codec.Lib>=1", "linter; extra == 'test'"))
    lab.install("", name="unused", distribution="codec_lib", version="1.0")
    for points in lab.folder.glob("codec_lib*/entry_points.txt"):
        points.unlink()
    before = load_ruleset().fingerprint
    assert load_ruleset().fingerprint == before
    metadata = next(lab.folder.glob("codec_lib*/METADATA"))
    metadata.write_text(metadata.read_text().replace("Version: 1.0", "Version: 1.1"))
    assert load_ruleset().fingerprint != before


# --- a plugin file, and what lies beside it ------------------------------------------------------------


def test_plugin_files_import_what_lies_beside_each_of_them(lab: Lab, make: Make) -> None:
    """Two of one name are two, nothing is written beside them, and what changed is read anew."""
    files = []
    for folder, code in (("a", "LAB101"), ("b", "LAB102")):
        lab.file(f"CODE = '{code}'\n", f"{folder}/helpers.py")
        text = "from .helpers import CODE\n" + no_dogs().replace('"LAB101"', "CODE")
        files.append(lab.file(text, f"{folder}/rules_{folder}.py"))
    assert {"LAB101", "LAB102"} <= load_ruleset(Request(tuple(files))).rules.keys()
    Path(files[0]).with_name("helpers.py").write_text("CODE = 'LAB103'\n")
    assert {"LAB103", "LAB102"} <= load_ruleset(Request(tuple(files))).rules.keys()
    assert not list(lab.folder.rglob("__pycache__"))


def test_a_plugin_file_is_told_how_to_import_what_lies_beside_it(lab: Lab) -> None:
    lab.file("", "own/helpers.py")
    message = refusal(lab.file("import helpers\n", "own/rules.py"))
    assert "No module named 'helpers' (rules.py:8)" in message
    assert "helpers lies beside it: write 'from . import helpers'" in message


# --- what rules and readers may say --------------------------------------------------------------------


def test_rules_of_different_plugins_may_have_one_name(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    """They are known by their codes; asked for the name, both are explained."""
    lab.install(no_dogs("ONE101"), name="one")
    lab.install(no_dogs("TWO101"), name="two")
    assert run(["explain", "dogs"]) == 0
    told = capsys.readouterr().out
    assert told.index("ONE101 dogs") < told.index("TWO101 dogs")
    assert run(["explain", "dogs", "--format", "json"]) == 0
    assert [each["code"] for each in json.loads(capsys.readouterr().out)["rules"]] == ["ONE101", "TWO101"]


SPEAKING = """
def read(source):
    raise alfcheck.BadContent(Problem(message="cut", code="{code}"))

@alfcheck.hookimpl
def alfcheck_readers():
    return [Reader(name="wave", extensions=("wav",), read=read)]

@alfcheck.hookimpl
def alfcheck_rules():
    return [rule("LAB201", None, Target.CONTENT, severity=Severity.ERROR)]
"""


@pytest.mark.parametrize(
    ("code", "told"), [("LAB201", "LAB201"), ("ALF203", "ALF203"), ("ALF401", "ALF901"), ("TWO101", "ALF901")]
)
def test_a_reader_speaks_for_its_own_plugin_and_of_contents(
    code: str, told: str, lab: Lab, make: Make
) -> None:
    lab.install(SPEAKING.format(code=code))
    lab.install(no_dogs("TWO101"), name="two")
    (found,) = alfcheck.check(make(f"{SESSION}/alf/cry.sound.wav")).findings
    assert (found.code, found.origin.name) == (told, "alfcheck-lab")


# --- a plugin that fails during a run spoils its own part only ------------------------------------------

CRASHES = [
    ("raise RuntimeError('no network')", "RuntimeError: no network"),
    ("yield Problem(message='first'); 1 / 0", "ZeroDivisionError: division by zero"),
    ("return None", "TypeError"),
    ("return ['a text']", "a str"),
    ("raise SystemExit(0)", "SystemExit"),
    ("yield Problem(message='m', code='XYZ999')", "XYZ999"),
    ("yield Problem(message='m', code='XYZ999', severity=Severity.INFO)", "XYZ999"),
    ("yield Problem(message='m', severity='bad')", "'bad' is not a valid Severity"),
    ("yield Problem(message='m', rows=3)", "TypeError"),
    ("yield Problem(message='m', datasets='alf/x.y.npy')", "a tuple of paths"),
]


def crashing(expression: str, target: str = "NAME", arguments: str = "dataset, path") -> str:
    return f"""
def check({arguments}):
    {expression}

@alfcheck.hookimpl
def alfcheck_rules():
    return [rule("BAD101", check, name="crashes", target=Target.{target})]
"""


@pytest.mark.parametrize(("expression", "expected"), CRASHES)
@pytest.mark.parametrize(
    ("target", "arguments"), [("NAME", "dataset, path"), ("LAYOUT", "datasets"), ("RELEASE", "results")]
)
def test_a_rule_that_fails_leaves_what_it_judges_unverified(
    target: str, arguments: str, expression: str, expected: str, lab: Lab, clean_release: Path
) -> None:
    lab.install(crashing(expression, target, arguments), name="bad")
    lab.install(no_dogs())
    report = alfcheck.check(clean_release)
    failed = [each for each in report.findings if each.code == "ALF901"]
    assert failed
    assert {(each.severity, each.origin) for each in failed} == {
        (Severity.UNVERIFIED, Origin("alfcheck-bad", "1.2"))
    }
    assert all(expected in each.message and "BAD101" in each.message for each in failed)
    assert {each.code for each in report.findings} <= {"ALF901", "ALF904", "BAD101"}
    assert set(report.verdicts.values()) == {Verdict.UNVERIFIED}
    assert report.exit_code() == 3


def test_others_are_not_affected_by_a_rule_that_fails(lab: Lab, make: Make) -> None:
    lab.install(crashing("if dataset.object == 'cats': 1 / 0\n    return ()"), name="bad")
    lab.install(no_dogs())
    tree = make(*(f"{SESSION}/alf/{name}.times.mp4" for name in ("cats", "dogs", "rats")))
    report = alfcheck.check(tree)
    kinds = {each.path.rpartition("/")[2]: each.code for each in report.findings}
    assert kinds == {"cats.times.mp4": "ALF901", "dogs.times.mp4": "LAB101"}
    assert {path.rpartition("/")[2]: str(verdict) for path, verdict in report.verdicts.items()} == {
        "cats.times.mp4": "unverified",
        "dogs.times.mp4": "unchecked",
        "rats.times.mp4": "unchecked",
    }


def test_nothing_is_published_when_a_rule_failed(
    lab: Lab, own_release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.install(crashing("1 / 0"), name="bad")
    before = sorted(own_release.rglob("*"))
    assert run(["release", str(own_release)]) == 3
    out, err = capsys.readouterr()
    assert "ALF901" in out
    assert "alfcheck-bad" in out
    assert "no index was written" in err
    assert sorted(own_release.rglob("*")) == before


@pytest.mark.parametrize(("target", "arguments"), [("LAYOUT", "datasets"), ("RELEASE", "results")])
def test_a_problem_of_a_path_that_is_not_there_is_a_failure_of_the_rule(
    target: str, arguments: str, lab: Lab, make: Make
) -> None:
    """It would fail no dataset, and what the rule wanted kept out would be published."""
    lab.install(
        crashing("yield Problem(message='m', datasets=('nowhere.npy',))", target, arguments), name="bad"
    )
    report = alfcheck.check(make(f"{SESSION}/alf/cats.times.mp4"))
    (failed,) = report.findings
    assert (failed.code, set(report.verdicts.values())) == ("ALF901", {Verdict.UNVERIFIED})
    assert (
        "it gave a problem of 'nowhere.npy', which is none of the paths that it looked at" in failed.message
    )


def test_what_a_rule_gives_need_not_be_of_plain_types(
    lab: Lab, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows that numpy counted are no JSON by themselves."""
    given = "from numpy import int64, uint8; "
    given += "yield Problem(message='m', rows=[int64(3)], count=uint8(2), severity='error')"
    path = lab.file(crashing(given))
    assert run(["check", str(make(f"{SESSION}/alf/cats.times.mp4")), "-p", path, "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["rows"], found["count"], found["severity"]) == ([3], 2, "error")


CONTRACT = """
from alfcheck import Contract, Match, Terms

def schema():
    import pandera.pandas as pa
    {schema}

@alfcheck.hookimpl
def alfcheck_contracts():
    return [Contract(id="lab.licks", version="1.0.0", match=Match(object="licks"), schema=schema,
                     owner="the lab", description="licks", terms={{"times": Terms()}})]
"""


def contract(check: str) -> str:
    return CONTRACT.format(
        schema=f"return pa.DataFrameSchema({{'times': pa.Column(checks=pa.Check({check}))}})"
    )


def licks(make: Make) -> Path:
    import io

    import numpy as np

    stream = io.BytesIO()
    np.save(stream, np.arange(5.0))
    return make(
        *(f"{SESSION}/alf/{name}.npy" for name in ("licks.times", "dogs.times")), data=stream.getvalue()
    )


@pytest.mark.parametrize("check", ["lambda values: 1 / 0", "lambda value: 1 / 0, element_wise=True"])
def test_a_contract_whose_check_fails_is_attributed(check: str, lab: Lab, make: Make) -> None:
    lab.install(contract(check))
    report = alfcheck.check(licks(make))
    (failed,) = report.findings
    assert (failed.code, failed.origin, failed.contract) == (
        "ALF901",
        Origin("alfcheck-lab", "1.2"),
        "lab.licks@1.0.0",
    )
    assert "ZeroDivisionError" in failed.message
    assert {path.rpartition("/")[2]: str(verdict) for path, verdict in report.verdicts.items()} == {
        "dogs.times.npy": "pass",
        "licks.times.npy": "unverified",
    }


READER = """
def read(source):
    {body}

@alfcheck.hookimpl
def alfcheck_readers():
    return [Reader(name="wave", extensions=("wav",), read=read)]
"""


@pytest.mark.parametrize(
    ("body", "code", "expected"),
    [
        (
            "raise RuntimeError('no codec')",
            "ALF901",
            " failed to run: RuntimeError: no codec",
        ),
        ("raise SystemExit(0)", "ALF901", "SystemExit"),
        ("raise alfcheck.BadContent(Problem(message='cut', code='ALF203'))", "ALF203", "cut"),
        ("raise alfcheck.BadContent(Problem(message='cut', code='XYZ999'))", "ALF901", "XYZ999"),
        ("raise alfcheck.BadContent(Problem(message='cut'))", "ALF901", "without a code"),
    ],
)
def test_what_a_reader_says_is_attributed_to_its_plugin(
    body: str, code: str, expected: str, lab: Lab, make: Make
) -> None:
    lab.install(READER.format(body=body))
    report = alfcheck.check(make(f"{SESSION}/alf/cry.sound.wav", f"{SESSION}/alf/cry.times.mp4"))
    (failed,) = report.findings
    assert (failed.code, failed.origin) == (code, Origin("alfcheck-lab", "1.2"))
    assert expected in failed.message
    assert failed.path.endswith("cry.sound.wav")


# --- those who watch -----------------------------------------------------------------------------------


def watching(signature: str, body: str) -> str:
    return f"@alfcheck.hookimpl\ndef alfcheck_run_finished({signature}):\n    {body}\n"


def test_an_observer_is_told_of_the_report(lab: Lab, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install(watching("report", "print(report.summary['files'])"))
    alfcheck.check(make(f"{SESSION}/alf/dogs.times.mp4"))
    assert capsys.readouterr().out == "1\n"


def test_an_observer_need_not_look(lab: Lab, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install(watching("", "print('done')"))
    alfcheck.check(make(f"{SESSION}/alf/dogs.times.mp4"))
    assert capsys.readouterr().out == "done\n"


def test_an_observer_that_fails_is_named_and_takes_nothing(lab: Lab, make: Make) -> None:
    lab.install(watching("report", "raise SystemExit(0)"))
    report = alfcheck.check(make(f"{SESSION}/alf/dogs.times.mp4"))
    (told,) = report.findings
    assert (told.code, told.origin) == ("ALF901", ("alfcheck-lab", "1.2"))
    assert "alfcheck_run_finished failed: SystemExit" in told.message
    assert report.exit_code() == 3
