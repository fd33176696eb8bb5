"""The reference of hooks: each is documented in one shape with its true signature, and its example is used.

An example is a whole plugin file. It is taken from the docstring, loaded as ``-p`` loads it, and what it
offers is put to use through the public interface.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hooks_page import PAGE, SECTIONS, TYPES, page, signature_of, told_of, types
from packaging.version import Version

import alfcheck
from alfcheck import hookspecs
from alfcheck.cli import run
from alfcheck.errors import ConfigError
from alfcheck.examples import encoded
from alfcheck.plugins import Request, load_ruleset

SESSION = "mouse/2020-01-01/001"
Write = Callable[[Mapping[str, object]], Path]


@pytest.fixture
def plugin(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The example of the hook that a test is about, as a file for ``-p``."""
    path = tmp_path / "plugin" / "rules.py"
    path.parent.mkdir()
    path.write_text(told_of(f"alfcheck_{request.param}").sections["Example"] + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files of one session; the answer is the release."""

    def make(files: Mapping[str, object]) -> Path:
        for name, value in files.items():
            target = tmp_path / "release" / SESSION / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(encoded(name, value))
        return tmp_path / "release"

    return make


def about(hook: str) -> pytest.MarkDecorator:
    """Mark a test that puts the example of a hook to use."""
    return pytest.mark.parametrize("plugin", [hook], indirect=True)


def codes(report: alfcheck.Report) -> list[str]:
    return [found.code for found in report.findings]


# --- The page, and the shape of each docstring -------------------------------------------------------------


def test_the_page_is_made_of_the_sources() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/hooks_page.py --update"


def test_every_hook_is_one_of_the_list() -> None:
    marked = {name for name in vars(hookspecs) if name.startswith("alfcheck_")}
    assert marked == set(hookspecs.HOOKS)


@pytest.mark.parametrize("hook", hookspecs.HOOKS)
def test_each_hook_has_the_one_shape(hook: str) -> None:
    told = told_of(hook)
    parameters = list(inspect.signature(getattr(hookspecs, hook)).parameters)
    due = [name for name in SECTIONS if name != "Arguments" or parameters]
    assert told.what.split("\n")[0].endswith(".")
    assert list(told.sections) == due
    assert all(told.sections.values())
    assert Version(told.sections["Since"]) <= Version(alfcheck.__version__)


@pytest.mark.parametrize("hook", hookspecs.HOOKS)
def test_each_hook_tells_of_its_true_arguments(hook: str) -> None:
    signature = inspect.signature(getattr(hookspecs, hook))
    told = told_of(hook).sections.get("Arguments", "")
    named = [line.partition(":")[0] for line in told.splitlines() if not line.startswith(" ")]
    assert named == list(signature.parameters)
    assert inspect.Signature.empty not in {each.annotation for each in signature.parameters.values()}
    assert signature.return_annotation is not inspect.Signature.empty


@pytest.mark.parametrize("hook", hookspecs.HOOKS)
def test_the_page_has_each_hook_with_its_true_signature(hook: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"\n## {hook}\n" in text
    assert f"\ndef {signature_of(getattr(hookspecs, hook))}\n" in text


def test_every_type_is_told_of_with_all_its_fields() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, kind in types().items():
        assert inspect.getdoc(kind), name
        part = text.split(f"\n#### {name}\n")[1].split("\n#### ")[0]
        fields = getattr(kind, "__dataclass_fields__", getattr(kind, "_fields", ()))
        assert [field for field in fields if f"| `{field}` |" not in part] == []


def test_what_a_plugin_can_offer_is_told_of() -> None:
    told = {name for names in TYPES.values() for name in names}
    offered = {"Rule", "Setting", "Reference", "SessionInfo", "Reader", "Reporter", "Contract"}
    assert offered <= told


# --- The examples, each put to use -------------------------------------------------------------------------


@pytest.mark.parametrize("hook", hookspecs.HOOKS)
def test_each_hook_is_put_to_use_by_a_test_below(hook: str) -> None:
    name = f"test_{hook.removeprefix('alfcheck_')}"
    assert any(each.startswith(name) for each in vars(sys.modules[__name__])), f"write {name}"


@pytest.mark.parametrize(
    "plugin", [hook.removeprefix("alfcheck_") for hook in hookspecs.HOOKS], indirect=True
)
def test_each_example_is_a_plugin_that_offers_by_its_hook(
    plugin: str, request: pytest.FixtureRequest
) -> None:
    hook = f"alfcheck_{request.node.callspec.params['plugin']}"
    ruleset = load_ruleset(Request(wanted=(plugin,)))
    assert hook in {each.hook for each in ruleset.offered if each.plugin == _name(plugin)}


@about("settings")
def test_settings_are_given_to_rules(plugin: str, write: Write) -> None:
    root = write({"alf/licks.intervals.npy": [[0.0, 0.06], [1.0, 1.01]]})
    (found,) = alfcheck.check(root, plugins=[plugin]).findings
    assert (found.code, found.rows) == ("LAB401", (1,))
    name = _name(plugin)
    (found,) = alfcheck.check(root, plugins=[plugin], settings={name: {"shortest": 0.1}}).findings
    assert found.rows == (0, 1)
    with pytest.raises(ConfigError, match="shortest"):
        alfcheck.check(root, plugins=[plugin], settings={name: {"shortst": 0.1}})


@about("rules")
def test_rules_find_what_their_examples_show(plugin: str, write: Write) -> None:
    rule = load_ruleset(Request(wanted=(plugin,))).rules["LAB101"].rule
    (good,), (bad,) = rule.good, rule.bad
    for example, expected in ((good, []), (bad, ["LAB101"])):
        root = write({example.path.removeprefix(f"{SESSION}/"): example.content()})
        assert codes(alfcheck.check(root, plugins=[plugin])) == expected


@about("contracts")
def test_contracts_judge_values(plugin: str, write: Write) -> None:
    (found,) = alfcheck.check(write({"alf/licks.spout.npy": [0, 1, 2]}), plugins=[plugin]).findings
    assert (found.code, found.contract, found.rows) == ("ALF303", "lab.licks@1.0.0", (2,))


@about("readers")
def test_readers_read_files_of_their_extension(plugin: str, write: Write) -> None:
    ticks = np.arange(3, dtype="<i4").tobytes()
    root = write({"alf/wheel.position.ticks": ticks, "alf/wheel.raw.ticks": ticks + b"?"})
    assert set(alfcheck.check(root).verdicts.values()) == {"unchecked"}
    report = alfcheck.check(root, plugins=[plugin])
    assert codes(report) == ["ALF203"]
    assert {Path(path).name: str(verdict) for path, verdict in report.verdicts.items()} == {
        "wheel.position.ticks": "pass",
        "wheel.raw.ticks": "fail",
    }


@about("relations")
def test_relations_compare_values_with_rows(plugin: str, write: Write) -> None:
    root = write({"alf/licks.spout.npy": [0, -1, 1], "alf/spouts.position.npy": [1.5, 2.5]})
    assert alfcheck.check(root, plugins=[plugin]).findings == ()
    write({"alf/licks.spout.npy": [0, -1, 2]})
    (found,) = alfcheck.check(root, plugins=[plugin]).findings
    assert (found.code, found.contract) == ("ALF402", "lab.licks_spout@1.0.0")


@about("session_infos")
def test_session_infos_fill_the_sessions_table(plugin: str, write: Write) -> None:
    root = write({"_lab_rig.settings.json": {"protocol": "lickWorld"}, "alf/licks.times.npy": [1.0, 2.0]})
    alfcheck.release(root, plugins=[plugin])
    (row,) = pd.read_parquet(root / "sessions.pqt").to_dict("records")
    assert (row["task_protocol"], row["projects"]) == ("lickWorld", "licking")


@about("reporters")
def test_reporters_write_their_format(plugin: str, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    root = write({"alf/data.dogs.npy": b""})
    assert run(["check", str(root), "-p", plugin, "--format", "pairs", "-j", "1"]) == 1
    assert capsys.readouterr().out == f"ALF202,{SESSION}/alf/data.dogs.npy\n"


@about("commands")
def test_commands_are_subcommands(plugin: str, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    root = write({"alf/licks.times.npy": [1.0, 2.0]})
    assert run(["-p", plugin, "verdicts", str(root)]) == 0
    assert capsys.readouterr().out == f"pass {SESSION}/alf/licks.times.npy\n"
    assert run(["-p", plugin, "--help"]) == 0
    assert "Print the verdict of each dataset." in capsys.readouterr().out


@about("run_finished")
def test_run_finished_observes(
    plugin: str, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    report = alfcheck.check(write({"alf/licks.times.npy": b""}), plugins=[plugin])
    assert (tmp_path / "runs.txt").read_text() == f"{report.started} release: 1 findings\n"


def _name(plugin: str) -> str:
    """Give the name under which a plugin file is loaded."""
    (info,) = [each for each in load_ruleset(Request(wanted=(plugin,))).plugins if "rules" in each.name]
    return info.name
