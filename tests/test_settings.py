"""Settings of plugins: typed, refused by name, told of in the report, and the same in every process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab_plugins import Lab

import alfcheck
from alfcheck import Setting
from alfcheck.cli import run
from alfcheck.errors import ConfigError, PluginError, UsageError
from alfcheck.plugins import Request, load_ruleset
from alfcheck.plugins.declared import sound_value

SESSION = "mouse/2020-01-01/001"
Make = Callable[..., Path]

MYLAB = """
from alfcheck import Setting

@alfcheck.hookimpl
def alfcheck_settings():
    return [
        Setting("longest_gap", float, 0.5, "seconds without a lick", minimum=0),
        Setting("trials", int, 10, "fewest trials", minimum=1, maximum=1000),
        Setting("rigs", str, ("north",), "the rigs there are", many=True),
        Setting("mode", str, "calm", "how strict", choices=("calm", "strict")),
        Setting("quiet", bool, False, "say less"),
    ]

@alfcheck.object_rule("LAB401", "settings-told", object="cats", columns=["times"], severity="info")
def told(cats, settings):
    "Tell the settings."
    yield Problem(message=repr(sorted(settings.items())))

@alfcheck.hookimpl
def alfcheck_rules(settings):
    return [told]
"""
DEFAULTS = "[('longest_gap', 0.5), ('mode', 'calm'), ('quiet', False), ('rigs', ('north',)), ('trials', 10)]"


@pytest.fixture(autouse=True)
def _no_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp()))


@pytest.fixture
def tree(make: Make) -> Path:
    root = make(f"{SESSION}/alf/dogs.times.mp4")
    np.save(root / SESSION / "alf" / "cats.times.npy", np.arange(3.0))
    return root


def configured(tree: Path, text: str, name: str = "alfcheck.toml") -> Path:
    path = tree / name
    path.write_text(text, encoding="utf-8")
    return path


def told(report: alfcheck.Report) -> str:
    (found,) = (each.message for each in report.findings if each.code == "LAB401")
    return found


def bent(report: alfcheck.Report) -> list[str]:
    return [notice for notice in report.notices if notice.startswith("settings of plugins: ")]


# --- what plugins get ----------------------------------------------------------------------------------


def test_without_a_word_they_are_what_the_plugin_says(lab: Lab, tree: Path) -> None:
    lab.install(MYLAB, name="mylab")
    report = alfcheck.check(tree)
    assert told(report) == DEFAULTS
    assert bent(report) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_those_of_the_configuration_reach_the_rules_in_every_process(
    lab: Lab, tree: Path, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(lab.folder))
    lab.install(MYLAB, name="mylab")
    configured(tree, '[plugins.mylab]\nlongest_gap = 3\nrigs = ["a", "b"]\nmode = "strict"\n')
    report = alfcheck.check(tree, jobs=jobs)
    assert "('longest_gap', 3.0), ('mode', 'strict')" in told(report)
    assert "('rigs', ('a', 'b'))" in told(report)
    (notice,) = bent(report)
    assert "mylab.longest_gap = 3.0 (" in notice
    assert 'mylab.mode = "strict" (' in notice
    assert 'mylab.rigs = ["a", "b"] (' in notice
    assert notice.count("alfcheck.toml)") == 3
    assert "trials" not in notice


def test_what_is_said_as_the_default_is_not_told(lab: Lab, tree: Path) -> None:
    lab.install(MYLAB, name="mylab")
    configured(tree, "[plugins.mylab]\nlongest_gap = 0.5\ntrials = 10\n")
    assert bent(alfcheck.check(tree)) == []


def test_those_given_in_python_go_over_the_configuration(lab: Lab, tree: Path) -> None:
    lab.install(MYLAB, name="mylab")
    configured(tree, "[plugins.mylab]\nlongest_gap = 3\ntrials = 5\n")
    report = alfcheck.check(tree, settings={"mylab": {"longest_gap": 2, "rigs": ["x"]}})
    assert "('longest_gap', 2.0)" in told(report)
    assert "('trials', 5)" in told(report)
    (notice,) = bent(report)
    assert "mylab.longest_gap = 2.0 (given in Python)" in notice
    assert "mylab.trials = 5 (" in notice


def test_pyproject_says_the_same(lab: Lab, tree: Path) -> None:
    lab.install(MYLAB, name="mylab")
    configured(tree, "[tool.alfcheck.plugins.mylab]\ntrials = 5\n", "pyproject.toml")
    report = alfcheck.check(tree)
    assert "('trials', 5)" in told(report)
    assert "pyproject.toml" in bent(report)[0]


def test_a_local_plugin_is_configured_beside_its_name(lab: Lab, tree: Path, tmp_path: Path) -> None:
    lab.file(MYLAB, "rules.py")
    path = configured(
        lab.folder, '[plugins]\nload = ["./rules.py"]\n[plugins.rules]\ntrials = 7\n', "my.toml"
    )
    assert "('trials', 7)" in told(alfcheck.check(tree, config=path))
    assert run(["rules", "--config", str(path)]) == 0
    path.write_text('[plugins]\nload = ["./rules.py"]\n[plugins.rules]\ntrails = 7\n')
    assert run(["rules", "--config", str(path)]) == 2


def test_the_notice_is_printed(lab: Lab, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lab.install(MYLAB, name="mylab")
    configured(tree, "[plugins.mylab]\ntrials = 5\n")
    run(["check", str(tree)])
    assert "settings of plugins: mylab.trials = 5 (" in " ".join(capsys.readouterr().out.split())


def test_other_settings_are_another_ruleset(lab: Lab) -> None:
    lab.install(MYLAB, name="mylab")
    prints = {
        load_ruleset(Request(settings=(("mylab", (("trials", value),)),))).fingerprint
        for value in (10, 5, 10)
    }
    assert len(prints) == 2


# --- what the user may not say -------------------------------------------------------------------------

REFUSED = [
    ('longest_gap = "x"', 'plugins.mylab.longest_gap must be a number from 0 up, but is "x"'),
    ("longest_gap = -1", "plugins.mylab.longest_gap must be a number from 0 up, but is -1"),
    ("longest_gap = nan", "must be a number from 0 up, but is nan"),
    ("longest_gap = inf", "must be a number from 0 up, but is inf"),
    ("longest_gap = true", "must be a number from 0 up, but is true"),
    ("longest_gap = [1.0]", "must be a number from 0 up, but is [1.0]"),
    ("longest_gap = 2020-01-01", "must be a number from 0 up, but is 2020-01-01"),
    ("longest_gap = {a = 1}", "must be a number from 0 up, but is a table"),
    (f"longest_gap = 1{'0' * 400}", "must be a number from 0 up"),
    ("trials = 2.5", "plugins.mylab.trials must be a whole number from 1 to 1000, but is 2.5"),
    ("trials = 2.0", "must be a whole number from 1 to 1000, but is 2.0"),
    ("trials = true", "must be a whole number from 1 to 1000, but is true"),
    ("trials = 0", "must be a whole number from 1 to 1000, but is 0"),
    ("trials = 1001", "must be a whole number from 1 to 1000, but is 1001"),
    ('rigs = "north"', 'plugins.mylab.rigs must be a list of texts, but is "north"'),
    ('rigs = ["north", 3]', 'must be a list of texts, but is ["north", 3]'),
    ('mode = "wild"', 'plugins.mylab.mode must be one of "calm", "strict", but is "wild"'),
    ("quiet = 1", "plugins.mylab.quiet must be true or false, but is 1"),
    ("longst_gap = 1", "plugins.mylab: there is no key 'longst_gap'; is 'longest_gap' meant?"),
    ("colour = 1", "there is no key 'colour'; there are longest_gap, trials, rigs, mode, quiet"),
]


@pytest.mark.parametrize(("line", "expected"), REFUSED)
def test_what_cannot_be_is_refused_with_the_file_and_the_key(
    line: str, expected: str, lab: Lab, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.install(MYLAB, name="mylab")
    configured(tree, f"[plugins.mylab]\n{line}\n")
    with pytest.raises(ConfigError) as raised:
        alfcheck.check(tree)
    assert expected in str(raised.value)
    assert str(raised.value).partition(": ")[0].endswith("alfcheck.toml")
    assert run(["check", str(tree)]) == 2
    assert expected in capsys.readouterr().err


def test_python_is_told_the_same(lab: Lab, tree: Path) -> None:
    lab.install(MYLAB, name="mylab")
    with pytest.raises(ConfigError, match=r"given in Python: plugins\.mylab\.trials must be a whole number"):
        alfcheck.check(tree, settings={"mylab": {"trials": "x"}})
    wrong: Any = {"mylab": 3}
    with pytest.raises(UsageError, match="the settings of the plugin 'mylab' must be a mapping"):
        alfcheck.check(tree, settings=wrong)


def test_a_plugin_that_is_not_there_is_named_with_the_nearest(lab: Lab, tree: Path) -> None:
    lab.install(MYLAB, name="mylab")
    path = configured(tree, "[plugins.mylib]\ntrials = 5\n")
    with pytest.raises(
        ConfigError, match=r"plugins\.mylib: there is no such plugin; is 'mylab' meant\?"
    ) as told:
        alfcheck.check(tree)
    assert path.name in str(told.value)


def test_a_plugin_without_settings_says_so(lab: Lab, tree: Path) -> None:
    lab.install("", name="mylab")
    configured(tree, "[plugins.mylab]\ntrials = 5\n")
    with pytest.raises(ConfigError, match=r"there is no key 'trials'; plugin 'mylab' .*has no settings"):
        alfcheck.check(tree)


def test_what_is_said_of_a_plugin_that_is_left_out_is_not_looked_at(lab: Lab, tree: Path) -> None:
    lab.install(MYLAB, name="mylab")
    configured(tree, '[plugins.mylab]\ntrails = "many"\n')
    report = alfcheck.check(tree, disabled=("mylab",))
    assert bent(report) == []


def test_no_plugin_is_called_as_the_key_that_loads_them(lab: Lab, tree: Path) -> None:
    lab.install("", name="load")
    with pytest.raises(PluginError, match="no plugin can be called 'load'") as told:
        alfcheck.check(tree)
    assert "alfcheck-load 1.2" in str(told.value)


def test_one_that_was_found_sets_but_does_not_load(lab: Lab, tree: Path) -> None:
    lab.install(MYLAB, name="mylab")
    configured(tree, '[plugins]\nload = ["./rules.py"]\n[plugins.mylab]\ntrials = 5\n')
    with pytest.raises(ConfigError, match=r"names plugins \(./rules\.py\)"):
        alfcheck.check(tree)


# --- what a plugin may not declare ---------------------------------------------------------------------

WRONG = [
    ('Setting("longest-gap", float, 0.5, "s")', "the setting 'longest-gap' has no name that can be"),
    ('Setting("", float, 0.5, "s")', "has no name that can be"),
    ('Setting(3, float, 0.5, "s")', "the setting 3 has no name that can be"),
    ('Setting("gap", list, [], "s")', "the setting gap has the kind list: take bool, int, float or str"),
    ('Setting("gap", "float", 0.5, "s")', "the setting gap has the kind 'float'"),
    ('Setting("gap", float, "x", "s")', 'the default of the setting gap must be a number, but is "x"'),
    ('Setting("gap", float, None, "s")', "the default of the setting gap must be a number, but is None"),
    ('Setting("gap", float, 2, "s", maximum=1)', "must be a number up to 1, but is 2"),
    ('Setting("gap", float, float("nan"), "s")', "must be a number, but is nan"),
    ('Setting("gap", str, "a", "s", many=True)', 'must be a list of texts, but is "a"'),
    ('Setting("gap", str, "a", "s", choices=("b",))', 'must be one of "b", but is "a"'),
    ('Setting("gap", str, "a", "s", choices=(1,))', "has the choice 1, which is not a text"),
    ('Setting("gap", str, "a", "s", choices="ab")', "must have a tuple of values for choices"),
    ('Setting("gap", str, "a", "s", minimum=1)', "has bounds, which only numbers can have"),
    ('Setting("gap", float, 0, "s", minimum="a")', "has the bound 'a', which is no number"),
    ('Setting("gap", float, 0, "s", minimum=2, maximum=1)', "has a minimum above its maximum"),
    ('Setting("gap", float, 0, " ")', "the setting gap has no doc"),
    ('Setting("gap", float, 0, "s"), Setting("gap", int, 0, "s")', "the setting gap is declared twice"),
]


@pytest.mark.parametrize(("source", "expected"), WRONG)
def test_a_setting_that_cannot_be_stops_the_run(source: str, expected: str, lab: Lab) -> None:
    lab.install(
        f"from alfcheck import Setting\n@alfcheck.hookimpl\ndef alfcheck_settings():\n    return [{source}]\n"
    )
    with pytest.raises(PluginError) as raised:
        load_ruleset()
    assert expected in str(raised.value)
    assert "alfcheck-lab 1.2" in str(raised.value)
    assert "--no-plugin lab" in str(raised.value)


# --- laws ----------------------------------------------------------------------------------------------

VALUES = (
    st.booleans() | st.integers() | st.floats() | st.text() | st.none() | st.lists(st.integers() | st.text())
)
SETTINGS = st.sampled_from(
    [
        Setting("x", float, 0.5, "d", minimum=-1, maximum=10),
        Setting("x", int, 1, "d"),
        Setting("x", int, 1, "d", choices=(1, 2)),
        Setting("x", str, "a", "d"),
        Setting("x", bool, True, "d"),
        Setting("x", int, (), "d", many=True, minimum=0),
    ]
)


@given(SETTINGS, VALUES)
def test_what_is_accepted_is_of_its_kind_and_stays_as_it_is(setting: Setting, value: object) -> None:
    try:
        found = sound_value(setting, value)
    except ConfigError:
        return
    items = found if setting.many else (found,)
    assert all(type(each) is setting.kind for each in items)
    assert sound_value(setting, found) == found
    assert (list(found) if setting.many else found) == value
