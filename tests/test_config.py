"""Configuration: every key, what is refused and how, where it is looked for, and what it may do."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from lab_plugins import Lab

import alfcheck
from alfcheck.cli import run
from alfcheck.config import Settings, discover, load_settings
from alfcheck.config.reading import KEYS
from alfcheck.errors import ConfigError, UsageError
from alfcheck.model import Severity, Verdict
from alfcheck.pipeline.weights import weights_of
from alfcheck.report import Waiver

SESSION = "mouse/2020-01-01/001"
Make = Callable[..., Path]


@pytest.fixture
def tree(make: Make) -> Path:
    """A release of one session: a sound video, and one whose name ONE cannot parse."""
    return make(f"{SESSION}/alf/cats.times.mp4", f"{SESSION}/alf/cats times.mp4")


@pytest.fixture(autouse=True)
def _no_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own home takes no part."""
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp()))


def write(folder: Path, text: str, name: str = "alfcheck.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path, *, found: bool = False) -> str:
    with pytest.raises(ConfigError) as raised:
        load_settings(path.parent, None if found else path)
    assert raised.value.exit_code == 2
    assert path.name in str(raised.value)
    return str(raised.value)


# --- what may stand in one -----------------------------------------------------------------------------


def test_every_key_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        plugins = ["rules.py", "sub/more.py", "a_module", "/elsewhere/rules.py"]
        no-plugins = ["schemas"]
        select = ["ALF1", "LAB"]
        ignore = ["ALF120"]
        fail-on = "warning"
        strict = true
        require = ["ibl.behaviour", "lab.rig@2.0.0"]
        deadline = 5
        [severity]
        ALF121 = "error"
        ALF12 = "off"
        [severity."raw_*_data/**"]
        ALF121 = "off"
        LAB = "info"
        """,
    )
    assert load_settings(tmp_path / "x", path) == Settings(
        source=path,
        plugins=(
            str(tmp_path / "rules.py"),
            str(tmp_path / "sub" / "more.py"),
            "a_module",
            "/elsewhere/rules.py",
        ),
        disabled=("schemas",),
        select=("ALF1", "LAB"),
        ignore=("ALF120",),
        severity={"ALF121": Severity.ERROR, "ALF12": "off"},
        fail_on=Severity.WARNING,
        strict=True,
        require=("ibl.behaviour", "lab.rig@2.0.0"),
        deadline=5.0,
        severity_in=(("raw_*_data/**", {"ALF121": "off", "LAB": Severity.INFO}),),
    )


def test_plugins_are_a_list_or_a_table(tmp_path: Path) -> None:
    """TOML has no key that is both: in the table the list is called ``load``."""
    path = write(tmp_path, '[plugins]\nload = ["a.py", "b"]\n[plugins.mylab]\ngap = 0.5\nnames = ["a"]\n')
    settings = load_settings(tmp_path, path)
    assert settings.plugins == (str(tmp_path / "a.py"), "b")
    assert settings.plugin_settings == {"mylab": {"gap": 0.5, "names": ["a"]}}
    section = write(tmp_path / "p", "[tool.alfcheck.plugins.mylab]\ngap = 0.5\n", "pyproject.toml")
    assert load_settings(section.parent).plugin_settings == {"mylab": {"gap": 0.5}}
    assert load_settings(section.parent).plugins == ()


def test_an_empty_one_says_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    assert load_settings(tmp_path, path) == Settings(source=path)


def test_a_section_of_pyproject_says_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, '[tool.alfcheck]\nignore = ["ALF120"]\n[tool.other]\nx = 1\n', "pyproject.toml")
    assert load_settings(tmp_path).ignore == load_settings(tmp_path, path).ignore == ("ALF120",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ingore = []", "there is no key 'ingore'; is 'ignore' meant?"),
        ("fail_on = 'error'", "there is no key 'fail_on'; is 'fail-on' meant?"),
        ("colour = 1", "there is no key 'colour'; there are plugins, no-plugins, select"),
        ("[severities]\nALF120 = 'info'", "is 'severity' meant?"),
        ("select = 'ALF1'", "select must be a list of texts, but is 'ALF1'"),
        ("ignore = [1]", "ignore must be a list of texts, but is [1]"),
        ("plugins = 3", "plugins must be a list of plugins to load, or a table: [plugins] with load = [...]"),
        ("plugins = [3]", "plugins must be a list of texts, but is [3]"),
        ("plugins = {a = 1}", "plugins.a must be a table of settings of the plugin 'a', but is 1"),
        ("[plugins]\nlod = ['./rules.py']", "plugins.lod must be a table of settings of the plugin 'lod'"),
        ("[plugins]\nlod = ['./rules.py']", "is 'load' meant?"),
        ("[plugins]\nload = 'rules'", "plugins.load must be a list of texts, but is 'rules'"),
        ("[plugins.load]\nx = 1", "plugins.load must be a list of texts, but is {'x': 1}"),
        ("no-plugins = true", "no-plugins must be a list of texts"),
        ("require = 'ibl.behaviour'", "require must be a list of texts, but is 'ibl.behaviour'"),
        ("requires = ['ibl.behaviour']", "there is no key 'requires'; is 'require' meant?"),
        ("select = ['alf1']", "select has 'alf1', which is no code nor the beginning of one"),
        ("ignore = ['ALF1200']", "ignore has 'ALF1200'"),
        ("ignore = ['']", "ignore has ''"),
        ("severity = ['ALF120']", "severity must be a table"),
        (
            "severity = { ALF120 = 'fatal' }",
            "severity.ALF120 must be one of error, warning, info, off, but is 'fatal'",
        ),
        ("severity = { ALF120 = 'unverified' }", "must be one of error, warning, info"),
        ("severity = { ALF120 = ['error'] }", "must be one of error, warning, info"),
        ("severity = { alf12 = 'info' }", "severity has 'alf12', which is no code nor the beginning of one"),
        ("severity = { 'raw/**' = 'off' }", 'a table of codes for the files of a glob: [severity."alf/**"]'),
        ("[severity.ALF12]\nALF120 = 'off'", "severity.ALF12 must be one of error, warning, info, off"),
        ("[severity.ALF12]\nALF120 = 'off'", 'the glob for files and folders of that name is "**/ALF12"'),
        ("[severity.'raw/**']\nALF120 = 'no'", 'severity."raw/**".ALF120 must be one of'),
        ("[severity.'raw/**']\nalf = 'off'", "severity.\"raw/**\" has 'alf', which is no code"),
        ("fail-on = 'off'", "fail-on must be one of error, warning, info, but is 'off'"),
        ("deadline = 0", "deadline must be a number of seconds from 0.1 to 86400, but is 0"),
        ("deadline = nan", "deadline must be a number of seconds"),
        ("deadline = true", "deadline must be a number of seconds"),
        ("fail-on = 'never'", "fail-on must be one of error, warning, info, but is 'never'"),
        ("fail-on = 3", "fail-on must be one of"),
        ("strict = 'yes'", "strict must be true or false, but is 'yes'"),
        ("strict = 1", "strict must be true or false, but is 1"),
        ("strict = ", "is no valid TOML"),
        ("strict = true\nstrict = true", "is no valid TOML"),
        ("x = " + "9" * 5000, "is no valid TOML"),
        ("x = " + "[" * 100_000, "is nested too deeply"),
        ("#" * (2**20 + 1), "larger than 1 MiB"),
    ],
)
@pytest.mark.parametrize("found", [True, False], ids=["found", "named"])
def test_what_cannot_be_is_refused_with_file_key_and_way_out(
    text: str, expected: str, found: bool, tmp_path: Path
) -> None:
    assert expected in refusal(write(tmp_path, text), found=found)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "alfcheck.toml"
    path.write_bytes(b"strict = true # caf\xe9")
    assert "is no valid TOML" in refusal(path)


def test_a_byte_order_mark_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "alfcheck.toml"
    path.write_bytes(b"\xef\xbb\xbfstrict = true")
    assert "is no valid TOML" in refusal(path)


def test_one_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read: No such file"):
        load_settings(tmp_path, tmp_path / "nowhere.toml")


@pytest.mark.parametrize("text", ["", "tool = 3", "[tool]\nalfcheck = 3", "[tool.other]\nx = 1"])
def test_a_pyproject_that_is_named_must_have_the_section(text: str, tmp_path: Path) -> None:
    assert "has no table [tool.alfcheck]" in refusal(write(tmp_path, text, "pyproject.toml"))
    assert load_settings(tmp_path) == Settings()


def test_the_message_fits_a_terminal(tmp_path: Path, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tree, '"\\u001b[2Jkey" = 1\nplugins = ["\\u001b[2J.py"]')
    assert run(["check", str(tree)]) == 2
    assert "\x1b" not in capsys.readouterr().err


# --- where it is looked for ----------------------------------------------------------------------------


def test_the_nearest_is_found_from_the_root_upwards(tmp_path: Path) -> None:
    far = write(tmp_path, "")
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert discover(tmp_path / "a" / "b") == far
    near = write(tmp_path / "a", "[tool.alfcheck]", "pyproject.toml")
    assert discover(tmp_path / "a" / "b") == near
    own = write(tmp_path / "a", "")
    assert discover(tmp_path / "a" / "b") == own


def test_a_file_is_looked_for_from_its_folder(tmp_path: Path) -> None:
    found = write(tmp_path, "")
    (tmp_path / "file").touch()
    assert discover(tmp_path / "file") == found


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_repository_is_a_border(kind: str, tmp_path: Path) -> None:
    write(tmp_path, "")
    inside = tmp_path / "repository" / "data"
    inside.mkdir(parents=True)
    assert discover(inside) is not None
    git = inside.parent / ".git"
    git.mkdir() if kind == "folder" else git.touch()
    assert discover(inside) is None
    assert discover(inside.parent.parent) is not None
    own = write(inside.parent, "")
    assert discover(inside) == own


def test_the_home_folder_is_a_border(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "")
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    assert discover(home / "data") is None
    own = write(home, "")
    assert discover(home / "data") == own


def test_a_file_system_is_a_border(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder ``disk`` is made to look like a disk that is mounted there."""
    write(tmp_path, "")
    inside = tmp_path / "disk" / "data"
    inside.mkdir(parents=True)
    real = Path.stat

    def stat(path: Path, **options: bool) -> os.stat_result:
        numbers = list(real(path, **options))
        if path.is_relative_to(tmp_path / "disk"):
            numbers[2] += 1
        return os.stat_result(numbers)

    monkeypatch.setattr(Path, "stat", stat)
    assert discover(inside) is None
    assert discover(tmp_path) is not None


@pytest.mark.parametrize("text", ["not = [toml", "tool = 3", "x = " + "[" * 10_000, "#" * 2**21])
def test_a_broken_pyproject_of_someone_else_does_not_stop_us(text: str, tmp_path: Path) -> None:
    found = write(tmp_path, "strict = true")
    write(tmp_path / "a", text, "pyproject.toml")
    assert discover(tmp_path / "a") == found


def test_a_broken_pyproject_that_is_ours_too_does(tmp_path: Path) -> None:
    path = write(tmp_path, "[tool.alfcheck]\nstrict = \n", "pyproject.toml")
    assert "is no valid TOML" in refusal(path, found=True)


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    found = write(tmp_path, "")
    (tmp_path / "a" / "alfcheck.toml").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / "alfcheck.toml")
    assert discover(tmp_path / "a") == discover(tmp_path / "b") == found


def test_the_file_that_was_found_is_named(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tree, "")
    run(["check", str(tree)])
    assert f"configuration: {path}" in " ".join(capsys.readouterr().out.split())
    assert alfcheck.check(tree, config=path).notices == ()


# --- what one that was found may not do ----------------------------------------------------------------


def test_one_that_was_found_brings_no_code(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tree, 'plugins = ["./rules.py"]')
    (tree / "rules.py").write_text("import pathlib; pathlib.Path(__file__).with_name('ran').touch()")
    for command in ("check", "release"):
        assert run([command, str(tree)]) == 2
        err = capsys.readouterr().err
        assert "names plugins (./rules.py)" in err
        assert "--config" in err
        assert "-p" in err
    assert not (tree / "ran").exists()
    run(["check", str(tree), "--config", str(path)])
    assert (tree / "ran").exists()


def test_one_that_was_found_does_not_choose_its_judges(tree: Path) -> None:
    path = write(tree, 'no-plugins = ["schemas"]')
    assert "leaves plugins out (schemas)" in refusal(path, found=True)
    assert load_settings(tree, path).disabled == ("schemas",)


def test_plugins_of_one_that_is_named_lie_beside_it(lab: Lab, tree: Path, tmp_path: Path) -> None:
    lab.file("import pathlib; pathlib.Path(__file__).with_name('ran').touch()", "rules.py")
    path = write(lab.folder, 'plugins = ["rules.py"]', "mine.toml")
    report = alfcheck.check(tree, config=path)
    assert (lab.folder / "ran").exists()
    assert "rules" in {origin.name for origin in report.plugins}


# --- what is made of it --------------------------------------------------------------------------------


def codes(report: alfcheck.Report) -> dict[str, str]:
    return {each.code: str(each.severity) for each in report.findings}


def test_ignored_rules_are_waived_and_listed(own_release: Path) -> None:
    """What is switched off makes a dataset `warn` at best and stands in the report."""
    path = next(own_release.rglob("_ibl_wheel.timestamps.npy"))
    values = np.load(path)
    values[1] = values[2] + 1
    np.save(path, values)
    rel = path.relative_to(own_release).as_posix()
    before = alfcheck.check(own_release)
    assert before.verdicts[rel] is Verdict.FAIL
    counts = Counter(each.code for each in before.findings)
    write(own_release, f"ignore = {sorted(counts)}")
    report = alfcheck.check(own_release)
    assert report.waived == tuple(Waiver(code, "ignored", count) for code, count in sorted(counts.items()))
    assert set(codes(report).values()) == {"info"}
    assert report.verdicts[rel] is Verdict.WARN
    assert report.exit_code() == 0


def test_a_severity_is_lowered_and_raised(make: Make) -> None:
    tree = make(f"{SESSION}/alf/spike.times.mp4")
    write(tree, "")
    before = codes(alfcheck.check(tree))
    assert before
    (code,) = before
    for level in ("error", "info"):
        write(tree, f"severity = {{ {code} = '{level}' }}")
        report = alfcheck.check(tree)
        assert codes(report) == {code: level}
        lowered = [(waiver.code, waiver.action, waiver.count) for waiver in report.waived]
        assert lowered == ([] if level == "error" else [(code, "lowered to info", 1)])


@pytest.mark.parametrize("how", ["ignored", "lowered"])
def test_safety_cannot_be_lowered(how: str, own_release: Path) -> None:
    """A pickle is never indexed, whatever a release says of itself."""
    path = next(own_release.rglob("spikes.times.npy"))
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    rel = path.relative_to(own_release).as_posix()
    (code,) = {each.code for each in alfcheck.check(own_release).findings if each.path == rel}
    write(own_release, 'ignore = ["ALF"]' if how == "ignored" else f'severity = {{ {code} = "info" }}')
    report = alfcheck.check(own_release)
    assert report.verdicts[rel] is Verdict.FAIL
    assert codes(report)[code] == "error"
    assert code not in report.waived_codes


def test_fail_on_decides_the_exit_code(make: Make) -> None:
    tree = make(f"{SESSION}/alf/spike.times.mp4")
    levels = {each.severity for each in alfcheck.check(tree).findings}
    assert levels == {Severity.WARNING}
    for level, expected in (("error", 0), ("warning", 1), ("info", 1)):
        write(tree, f"fail-on = '{level}'")
        assert alfcheck.check(tree).exit_code() == expected


def test_select_leaves_the_rest_unjudged(tree: Path) -> None:
    write(tree, 'select = ["ALF3"]')
    report = alfcheck.check(tree)
    assert (report.findings, report.partial) == ((), True)


def test_a_release_takes_no_selection(own_release: Path) -> None:
    write(own_release, 'select = ["ALF101"]')
    report = alfcheck.release(own_release)
    assert not report.partial
    with pytest.raises(UsageError, match="a release runs every rule"):
        alfcheck.release(own_release, select=("ALF101",))


@pytest.mark.parametrize("key", ["select", "ignore"])
def test_codes_that_nobody_offers_are_refused(key: str, tree: Path) -> None:
    write(tree, f'{key} = ["XYZ101"]')
    with pytest.raises(UsageError, match=rf"alfcheck\.toml: {key}: there is no rule 'XYZ101': the plugin"):
        alfcheck.check(tree)


def test_a_severity_of_a_rule_that_nobody_offers_is_refused(tree: Path) -> None:
    write(tree, 'severity = { ALF199 = "error" }')
    with pytest.raises(
        UsageError, match=r"alfcheck\.toml: severity\.ALF199: there is no rule 'ALF199'; is 'ALF1"
    ):
        alfcheck.check(tree)


# --- the command line over the configuration -----------------------------------------------------------


def test_the_command_line_goes_over_the_configuration(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    tree = make(f"{SESSION}/alf/spike.times.mp4", f"{SESSION}/alf/a b.mp4")
    write(tree, 'select = ["ALF101"]\nfail-on = "error"')
    assert run(["check", str(tree)]) == 0
    found = capsys.readouterr().out
    assert "ALF101" in found
    assert run(["check", str(tree), "--fail-on", "warning"]) == 1
    capsys.readouterr()
    run(["check", str(tree), "--select", "ALF12", "--fail-on", "info"])
    other = capsys.readouterr().out
    assert "ALF101" not in other
    assert "ALF12" in other


def test_what_is_ignored_adds_up(make: Make) -> None:
    tree = make(f"{SESSION}/alf/spike.times.mp4", f"{SESSION}/alf/a b.mp4")
    kinds = sorted({each.code for each in alfcheck.check(tree).findings})
    assert len(kinds) == 2
    write(tree, f"ignore = ['{kinds[0]}']")
    report = alfcheck.check(tree, ignore=(kinds[1],))
    assert sorted(waiver.code for waiver in report.waived) == kinds


def test_strict_is_set_by_either(make: Make) -> None:
    tree = make(f"{SESSION}/alf/cats.times.mp4")
    statuses = {"": [], "strict = true": [], "strict = false": []}
    for text, found in statuses.items():
        write(tree, text)
        found += [
            next(row.status for row in alfcheck.check(tree, strict=strict).ledger if row.session)
            for strict in (False, True)
        ]
    assert statuses == {
        "": ["indexed", "rejected"],
        "strict = true": ["rejected", "rejected"],
        "strict = false": ["indexed", "rejected"],
    }


def test_one_that_is_named_takes_the_place_of_one_that_lies_there(tree: Path, tmp_path: Path) -> None:
    write(tree, "no such key = 1")
    path = write(tmp_path / "mine", 'fail-on = "info"', "lab.toml")
    assert alfcheck.check(tree, config=path).fail_on is Severity.INFO
    shutil.rmtree(path.parent)


# --- the page about it ---------------------------------------------------------------------------------

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_of_the_page_load(text: str, tmp_path: Path) -> None:
    name = "pyproject.toml" if text.startswith("# pyproject.toml") else "alfcheck.toml"
    path = write(tmp_path, text, name)
    settings = load_settings(tmp_path, path)
    assert settings != Settings(source=path)
    weights_of(settings, settings.ignore)
    if not text.startswith("# named") and not settings.disabled:
        assert load_settings(tmp_path) == settings


def test_the_page_has_every_key() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(KEYS)
