"""``alfcheck plugins list`` and ``show``: what is loaded, what it offers, and what cannot be loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lab_plugins import Lab

from alfcheck.cli import run
from alfcheck.errors import ExitCode

RULES = """
from alfcheck import Content, Kind, Reference, SessionInfo, Setting
from alfcheck.reporters.base import Reporter

@alfcheck.name_rule("LAB101", "dogs", severity="warning")
def no_dogs(dataset, path, settings):
    "Dogs are not welcome."
    if dataset.object in settings["refused"]:
        yield Problem(message="dogs are not welcome")

@alfcheck.session_rule("LAB501", "no-trials")
def no_trials(session):
    "A session has no trials."
    return ()

@alfcheck.hookimpl
def alfcheck_settings():
    return [
        Setting("refused", str, ("dogs",), "objects that are refused", many=True),
        Setting("gap", float, 0.5, "seconds that are told of", minimum=0, maximum=9),
        Setting("side", str, "left", "where the spout is", choices=("left", "right")),
    ]

@alfcheck.hookimpl
def alfcheck_rules():
    return [no_dogs, no_trials, rule("LAB102", lambda dataset, path: ())]

@alfcheck.hookimpl
def alfcheck_readers():
    read = lambda source: Content(Kind.DOCUMENT, (), None)
    return [Reader("sound", ("wave", "flak"), read, "sound files")]

@alfcheck.hookimpl
def alfcheck_relations():
    spout = dict(object="licks", attribute="spout", target="spouts", description="which spout")
    return [Reference(id="lab.spout", **spout)]

@alfcheck.hookimpl
def alfcheck_session_infos():
    give = lambda session: {}
    return [SessionInfo(name="rig", give=give, description="what the rig says", datasets=("_lab_rig.json",))]

@alfcheck.hookimpl
def alfcheck_reporters():
    return [Reporter("csv", lambda report, style: iter(()), "a line a finding")]

@alfcheck.hookimpl
def alfcheck_run_finished(report):
    pass

@alfcheck.hookimpl
def alfcheck_commands(cli):
    import click

    @cli.command()
    def upload():
        "Send a release to the lab's store."
"""


OFFERS = """
@alfcheck.hookimpl
def alfcheck_rules():
    return [rule("LAB101", lambda dataset, path: ())]
"""


def listed(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any], str]:
    """Give the exit code, the plugins by name, and what was said on standard error."""
    code = run(["plugins", "list", "--format", "json", *arguments])
    out, err = capsys.readouterr()
    return code, {row["name"]: row for row in json.loads(out)["plugins"]}, err


def text_of(*arguments: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    assert run(["plugins", *arguments]) == code
    return capsys.readouterr().out


# --- list ----------------------------------------------------------------------------------------------


def test_the_built_in_plugins_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code, rows, _ = listed(capsys=capsys)
    assert code == ExitCode.CLEAN
    assert {"alfcheck", "schemas"} <= rows.keys()
    assert {rows[name]["where"] for name in ("alfcheck", "schemas")} == {"built in"}
    assert "ALF120" in rows["alfcheck"]["offers"]["rules"]
    assert list(rows["schemas"]["offers"]) == ["contracts"]


def test_what_an_installed_plugin_offers_is_counted(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install(RULES)
    _, rows, _ = listed(capsys=capsys)
    assert rows["lab"] == {
        "name": "lab",
        "version": "1.2",
        "distribution": "alfcheck-lab",
        "where": "installed",
        "file": str(lab.folder / "alfcheck_alfcheck_lab.py"),
        "offers": {
            "rules": ["LAB101", "LAB102", "LAB501"],
            "readers": [".flak", ".wave"],
            "references": ["lab.spout"],
            "session_infos": ["rig"],
            "report_formats": ["csv"],
            "settings": ["gap", "refused", "side"],
            "commands": ["upload"],
            "observers": [],
        },
        "error": None,
    }
    out = text_of("list", capsys=capsys)
    (line,) = (line for line in out.splitlines() if line.startswith("lab "))
    assert line.split()[:4] == ["lab", "1.2", "alfcheck-lab", "installed"]
    for words in ("3 rules", "readers of .flak, .wave", "report format csv", "command upload", "3 settings"):
        assert words in line
    assert out.splitlines()[0].split() == ["plugin", "version", "distribution", "where", "offers"]


def test_a_local_file_is_listed_when_it_is_given(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    path = lab.file(RULES)
    _, rows, _ = listed("-p", path, capsys=capsys)
    assert (rows["rules"]["where"], rows["rules"]["version"]) == ("local", "local")
    assert rows["rules"]["file"] == path
    assert "rules" not in listed(capsys=capsys)[1]


def test_a_plugin_that_is_left_out_is_not_listed(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install(RULES)
    assert "lab" not in listed("--no-plugin", "lab", capsys=capsys)[1]
    assert run(["plugins", "list", "--no-plugin", "lob"]) == ExitCode.USAGE
    assert "no such plugin" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("@alfcheck.hookimpl\ndef alfcheck_rules():\n    return 3", "must return an iterable"),
        ("@alfcheck.hookimpl\ndef alfcheck_ruels():\n    return []", "no hook 'alfcheck_ruels'"),
        (OFFERS.replace("LAB101", "ALF777"), "ALF777"),
        ("@alfcheck.hookimpl\ndef alfcheck_commands(cli):\n    1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_broken_plugin_is_told_of_and_the_others_are_listed(
    source: str, told: str, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.install(source, name="broken", version="0.3")
    lab.install(RULES)
    code, rows, err = listed(capsys=capsys)
    assert code == ExitCode.USAGE
    assert told in rows["broken"]["error"]
    assert told in err
    assert "--no-plugin broken" in err
    assert (rows["broken"]["version"], rows["broken"]["distribution"]) == ("0.3", "alfcheck-broken")
    assert rows["lab"]["error"] is None
    assert rows["lab"]["offers"]["rules"] == ["LAB101", "LAB102", "LAB501"]
    assert "ALF120" in rows["alfcheck"]["offers"]["rules"]
    out = text_of("list", capsys=capsys, code=ExitCode.USAGE)
    assert any(line.startswith("broken") and "cannot be loaded" in line for line in out.splitlines())


def test_two_plugins_that_cannot_be_together(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install(OFFERS, name="one")
    lab.install(OFFERS, name="two")
    code, rows, err = listed(capsys=capsys)
    assert code == ExitCode.USAGE
    assert rows["one"]["error"] is None
    assert "rule LAB101 comes from both plugin 'one'" in err
    assert "--no-plugin one or --no-plugin two" in rows["two"]["error"]


def test_two_distributions_with_one_name(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install("", name="lab", distribution="alfcheck-lab")
    lab.install("", name="lab", distribution="other-lab", version="2.0")
    code, rows, _ = listed(capsys=capsys)
    assert code == ExitCode.USAGE
    assert rows["lab"]["distribution"].split(", ") == ["alfcheck-lab", "other-lab"]
    assert rows["lab"]["version"] == "1.2, 2.0"


def test_a_broken_local_file_does_not_hide_the_rest(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    good = lab.file(RULES, "good.py")
    bad = lab.file("1 / 0", "bad.py")
    code, rows, err = listed("-p", bad, "-p", good, capsys=capsys)
    assert code == ExitCode.USAGE
    assert "ZeroDivisionError" in err
    assert (rows["bad"]["where"], rows["good"]["error"]) == ("local", None)


# --- show ----------------------------------------------------------------------------------------------


def shown(*arguments: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text_of("show", "--format", "json", *arguments, capsys=capsys))
    return document


def test_everything_that_a_plugin_offers_is_shown(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install(RULES)
    document = shown("lab", capsys=capsys)
    assert [each["code"] for each in document["rules"]] == ["LAB101", "LAB102", "LAB501"]
    first = document["rules"][0]
    source = Path(document["file"]).read_text()
    line = source[: source.index("@alfcheck.name_rule")].count("\n") + 1
    assert first["place"].endswith(f"alfcheck_alfcheck_lab.py:{line}")
    assert {key: first[key] for key in ("name", "severity", "target", "summary")} == {
        "name": "dogs",
        "severity": "warning",
        "target": "name",
        "summary": "Dogs are not welcome.",
    }
    assert document["readers"] == [
        {"name": "sound", "extensions": [".flak", ".wave"], "description": "sound files"}
    ]
    assert document["references"][0]["attribute"] == "licks.spout"
    assert document["session_infos"][0]["needs"] == ["_lab_rig.json"]
    assert document["report_formats"] == [{"name": "csv", "description": "a line a finding"}]
    settings = {each["name"]: each for each in document["settings"]}
    assert settings["refused"] | {"doc": ""} == {
        "name": "refused",
        "type": "list of str",
        "default": ["dogs"],
        "value": ["dogs"],
        "choices": [],
        "minimum": None,
        "maximum": None,
        "doc": "",
    }
    assert settings["side"]["choices"] == ["left", "right"]


def test_the_same_as_text(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install(RULES)
    out = text_of("show", "alfcheck-lab", capsys=capsys)
    assert out.startswith("lab (alfcheck-lab 1.2)\ninstalled: ")
    for part in (
        "LAB101  dogs",
        "Dogs are not welcome.\n",
        "sound  .flak .wave  sound files",
        "lab.spout  licks.spout -> spouts  which spout",
        'refused = ["dogs"]  list of str  objects that are refused',
        "gap = 0.5",
        "at least 0, at most 9",
        'one of "left", "right"',
        "csv  a line a finding",
        "upload  Send a release to the lab's store.",
    ):
        assert part in out, part
    assert max(map(len, out.splitlines())) <= 100 + len(str(lab.folder))


def test_contracts_are_shown_with_their_versions(capsys: pytest.CaptureFixture[str]) -> None:
    assert "ibl.trials@" in text_of("show", "schemas", capsys=capsys)


def test_a_plugin_that_offers_nothing(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install("")
    assert "offers nothing" in text_of("show", "lab", capsys=capsys)


def test_an_unknown_plugin_is_told_with_the_nearest(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install("")
    assert run(["plugins", "show", "lap"]) == ExitCode.USAGE
    assert "there is no plugin 'lap'; is 'lab' meant?" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["rules", "rules.py", "./rules.py"])
def test_a_local_file_that_is_not_named_is_told_the_way_out(
    name: str, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plugins", "show", name]) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert f"there is no plugin '{name}'" in said
    assert "alfcheck plugins show rules -p ./rules.py" in said


def test_showing_a_broken_plugin_says_what_is_wrong(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install("1 / 0", name="broken")
    lab.install(RULES)
    assert run(["plugins", "show", "broken"]) == ExitCode.USAGE
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert "LAB101" in text_of("show", "lab", capsys=capsys)


def test_what_a_plugin_says_cannot_act_on_the_terminal(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install(
        "@alfcheck.hookimpl\ndef alfcheck_settings():\n"
        "    return [alfcheck.Setting('gap', str, '\\x1b[2J', 'said \\x1b]0;x\\x07')]"
    )
    assert "\x1b" not in text_of("show", "lab", capsys=capsys)
