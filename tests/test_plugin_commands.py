"""Commands of plugins: found by name and in the help, paid for by nobody else; their faults are theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from lab_plugins import Lab

from alfcheck.cli import run

UPLOAD = """
import click

@click.command("upload", short_help="Upload a release.")
@click.argument("root")
@click.option("--code", type=int, default=0)
def upload(root, code):
    click.echo(f"uploading {root}")
    return code

@alfcheck.hookimpl
def alfcheck_commands(cli):
    cli.add_command(upload)
"""

Caught = pytest.CaptureFixture[str]


def command(body: str, name: str = "upload", head: str = "") -> str:
    """Write a plugin with one command that does `body`."""
    return f"""
import click, sys
from alfcheck.errors import PluginError
{head}
@alfcheck.hookimpl
def alfcheck_commands(cli, settings):
    @cli.command("{name}", short_help="Do it.")
    @click.pass_context
    def own(ctx):
        "Do it."
        {body}
"""


def go(caught: Caught, *arguments: str) -> tuple[int, str, str]:
    caught.readouterr()
    code = run(arguments)
    done = caught.readouterr()
    return code, " ".join(done.out.split()), " ".join(done.err.split())


# --- they run ------------------------------------------------------------------------------------------


def test_a_command_of_a_plugin_runs(lab: Lab, capsys: Caught) -> None:
    lab.install(UPLOAD)
    assert go(capsys, "upload", "there") == (0, "uploading there", "")
    code, out, _ = go(capsys, "upload", "--help")
    assert (code, "--code INTEGER" in out) == (0, True)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return None", 0),
        ("return 7", 7),
        ("return True", 0),
        ("return 'done'", 0),
        ("ctx.exit(5)", 5),
        ("sys.exit(0)", 0),
        ("sys.exit()", 0),
        ("sys.exit(4)", 4),
        ("sys.exit('no')", 1),
        ("raise click.UsageError('no')", 2),
        ("raise PluginError('no')", 2),
    ],
)
def test_its_exit_code_passes_through(body: str, expected: int, lab: Lab, capsys: Caught) -> None:
    lab.install(command(body))
    code, out, err = go(capsys, "upload")
    assert code == expected
    assert out == ""
    assert ("no" in err) == ("'no'" in body)
    assert "Traceback" not in err


@pytest.mark.parametrize("body", ["1 / 0", "raise EOFError", "raise BaseException('odd')"])
def test_its_fault_is_its_own(body: str, lab: Lab, capsys: Caught) -> None:
    lab.install(command(body))
    code, _, err = go(capsys, "upload")
    assert code == 3
    assert "Traceback" in err
    assert "this is a fault of plugin 'lab' (alfcheck-lab 1.2" in err
    assert "--no-plugin lab" in err


def test_a_fault_of_a_callback_is_its_own_too(lab: Lab, capsys: Caught) -> None:
    lab.install(
        """
        import click

        @alfcheck.hookimpl
        def alfcheck_commands(cli):
            @cli.command("upload")
            @click.option("--to", default="x", callback=lambda *_: 1 / 0)
            def own(to):
                pass
        """
    )
    code, _, err = go(capsys, "upload")
    assert (code, "this is a fault of plugin 'lab'" in err) == (3, True)


def test_a_group_of_commands_is_one(lab: Lab, capsys: Caught) -> None:
    lab.install(
        """
        import click

        @alfcheck.hookimpl
        def alfcheck_commands(cli):
            @cli.group("rig")
            def rig():
                "Talk to the rig."

            @rig.command("stop")
            def stop():
                raise ZeroDivisionError
        """
    )
    code, _, err = go(capsys, "rig", "stop")
    assert (code, "this is a fault of plugin 'lab'" in err) == (3, True)


def test_it_gets_its_settings(lab: Lab, capsys: Caught, tmp_path: Path) -> None:
    head = """
@alfcheck.hookimpl
def alfcheck_settings():
    return [alfcheck.Setting("where", str, "nowhere", "where to")]
"""
    lab.install(command("click.echo(settings['where'])", head=head))
    assert go(capsys, "upload")[1] == "nowhere"
    config = tmp_path / "my.toml"
    config.write_text('[plugins.lab]\nwhere = "there"\n')
    assert go(capsys, "--config", str(config), "upload")[1] == "there"
    config.write_text("[plugins.lab]\nwhere = 3\n")
    code, _, err = go(capsys, "--config", str(config), "upload")
    assert (code, "my.toml: plugins.lab.where must be a text, but is 3" in err) == (2, True)


def test_a_local_plugin_is_named_before_the_command(lab: Lab, capsys: Caught) -> None:
    path = lab.file(UPLOAD)
    assert go(capsys, "-p", path, "upload", "there")[:2] == (0, "uploading there")
    code, out, _ = go(capsys, "-p", path, "--help")
    assert code == 0
    assert "Commands of rules (rules local): upload Upload a release." in out
    assert go(capsys, "upload", "there")[0] == 2


@pytest.mark.parametrize("after", [["-p", "FILE"], ["there", "--plugin", "FILE"], ["there"]])
def test_a_plugin_named_after_its_command_is_told_the_way_out(
    after: list[str], lab: Lab, capsys: Caught
) -> None:
    path = lab.file(UPLOAD)
    named = f"-p {path}" if "FILE" in after else "-p PLUGIN"
    code, _, err = go(capsys, "upload", *(path if each == "FILE" else each for each in after))
    assert (code, "No such command 'upload'." in err) == (2, True)
    assert f"needs -p before it: alfcheck {named} upload ..." in err


def test_a_plugin_that_is_named_has_no_such_command(lab: Lab, capsys: Caught) -> None:
    code, _, err = go(capsys, "-p", lab.file(UPLOAD), "uplaod")
    assert (code, "No such command 'uplaod'" in err, "before it" in err) == (2, True, False)


def test_one_that_is_left_out_has_no_command(lab: Lab, capsys: Caught) -> None:
    lab.install(UPLOAD)
    code, _, err = go(capsys, "--no-plugin", "lab", "upload", "there")
    assert (code, "No such command 'upload'" in err) == (2, True)


@pytest.mark.parametrize("option", [["-p", "x.py"], ["--no-plugin", "lab"]])
def test_before_our_own_commands_they_are_refused(option: list[str], lab: Lab, capsys: Caught) -> None:
    """A plugin that is named and not loaded would be rules that are lost."""
    lab.install(UPLOAD)
    code, _, err = go(capsys, *option, "rules")
    assert code == 2
    assert f"write it after the command: alfcheck rules {option[0]}" in err


# --- the help ------------------------------------------------------------------------------------------


def test_the_help_lists_them_under_the_plugins_name(lab: Lab, capsys: Caught) -> None:
    lab.install(UPLOAD)
    lab.install(command("pass", name="deliver"), name="other")
    code, out, _ = go(capsys, "--help")
    assert code == 0
    assert "Commands of lab (alfcheck-lab 1.2): upload Upload a release." in out
    assert "Commands of other (alfcheck-other 1.2): deliver Do it." in out
    own = out.partition("Commands: ")[2].partition("Commands of")[0]
    assert "check" in own
    assert "upload" not in own


@pytest.mark.parametrize("source", ["1 / 0", "@alfcheck.hookimpl\ndef alfcheck_commands(cli):\n    1 / 0\n"])
def test_a_broken_plugin_does_not_break_the_help(source: str, lab: Lab, capsys: Caught) -> None:
    lab.install(source)
    code, out, _ = go(capsys, "--help")
    assert code == 0
    assert "Check a release" in out
    assert "Commands of plugins: are not known: plugin 'lab'" in out
    assert "ZeroDivisionError" in out
    assert "--no-plugin lab" in out
    assert go(capsys, "--no-plugin", "lab", "--help")[1].count("are not known") == 0


def test_without_plugins_the_help_has_no_such_heading(capsys: Caught) -> None:
    assert "Commands of" not in go(capsys, "--help")[1]


def test_a_hidden_command_is_not_listed(lab: Lab, capsys: Caught) -> None:
    lab.install(UPLOAD.replace('"upload", ', '"upload", hidden=True, '))
    assert "Commands of" not in go(capsys, "--help")[1]
    assert go(capsys, "upload", "x")[0] == 0


# --- conflicts and faults ------------------------------------------------------------------------------


def test_a_name_of_ours_is_taken(lab: Lab, capsys: Caught) -> None:
    lab.install(command("pass", name="check"))
    code, _, err = go(capsys, "upload")
    assert code == 2
    assert "command check comes from both plugin 'alfcheck'" in err
    assert "plugin 'lab' (alfcheck-lab 1.2" in err
    assert "--no-plugin lab" in err


def test_a_name_belongs_to_one_plugin(lab: Lab, capsys: Caught) -> None:
    lab.install(UPLOAD, name="one")
    lab.install(UPLOAD, name="two")
    code, _, err = go(capsys, "upload", "x")
    assert code == 2
    assert "command upload comes from both plugin 'one'" in err
    assert "--no-plugin one or --no-plugin two" in err


def test_a_hook_that_fails_is_told_of(lab: Lab, capsys: Caught) -> None:
    lab.install("@alfcheck.hookimpl\ndef alfcheck_commands(cli):\n    1 / 0\n")
    code, _, err = go(capsys, "upload")
    assert code == 2
    assert "alfcheck_commands failed: ZeroDivisionError" in err
    assert "alfcheck-lab 1.2" in err


def test_a_plugin_cannot_change_our_commands(lab: Lab, capsys: Caught) -> None:
    lab.install(
        """
        @alfcheck.hookimpl
        def alfcheck_commands(cli):
            assert not cli.commands
            cli.commands.clear()
            cli.callback = None
            cli.params.clear()
        """
    )
    before = go(capsys, "check", "--help")[1]
    assert go(capsys, "upload")[0] == 2
    assert go(capsys, "check", "--help")[1] == before
    assert go(capsys, "rules")[0] == 0


def test_our_own_commands_do_not_pay(lab: Lab, tmp_path: Path) -> None:
    """No plugin is loaded for what alfcheck has itself, as far as that needs none."""
    lab.install("import pathlib; pathlib.Path(__file__).with_name('ran').touch()")
    environment = {**os.environ, "PYTHONPATH": str(lab.folder)}
    for arguments, ran in ((["check", "--help"], False), (["upload"], True)):
        subprocess.run([sys.executable, "-m", "alfcheck", *arguments], env=environment, capture_output=True)
        assert (lab.folder / "ran").exists() is ran
