"""The command group, and the one place that turns exceptions into exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from alfcheck._version import __version__
from alfcheck.cli.commanding import CommandFailed, PluggedGroup
from alfcheck.cli.later import Later
from alfcheck.cli.plugged import with_early_plugins
from alfcheck.cli.terminal import say_error, say_raw_error
from alfcheck.errors import AlfcheckError, ContractError, ExitCode

__all__ = ["cli", "run"]

_EPILOG = (
    "Exit codes: 0 clean; 1 findings at or above --fail-on; 2 wrong use, configuration or plugin, a lock "
    "that is held, or nothing to check; 3 something could not be checked."
)

_COMMANDS = {
    "check": Later("alfcheck.cli.checking", "Check a release, or sessions and files of one; write nothing."),
    "release": Later("alfcheck.cli.checking", "Check a release, and write the index that ONE opens."),
    "rules": Later("alfcheck.cli.rules", "List the rules, with their codes and severities."),
    "explain": Later("alfcheck.cli.rules", "Explain a rule: what it finds, why, and what to do."),
    "contracts": Later("alfcheck.cli.contracts", "Read, check, compare and write contracts."),
    "plugins": Later("alfcheck.cli.plugins", "List plugins, show what they offer, begin one."),
    "cache": Later("alfcheck.cli.cache", "Show or delete what is kept of earlier runs."),
    "demo": Later(
        "alfcheck.cli.showing", "Write a small release with faults, check it, and show what ONE would list."
    ),
}


@click.group(
    cls=PluggedGroup,
    later=_COMMANDS,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="alfcheck", message="%(prog)s %(version)s")
@with_early_plugins
def cli(**_: object) -> None:
    """Check ALF / ONE data before it is released, and write the index that ONE opens.

    The options here are for the commands of plugins; alfcheck's own take theirs after their name.
    """


def run(arguments: Sequence[str]) -> int:
    """Run the command; every fault of use ends here, with its message and its exit code."""
    _speak_utf8()
    try:
        code = cli.main(list(arguments), prog_name="alfcheck", standalone_mode=False)
        return code if isinstance(code, int) and not isinstance(code, bool) else ExitCode.CLEAN
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return ExitCode.USAGE
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except ContractError as error:
        for mistake in str(error).splitlines():
            say_error(mistake)
        return error.exit_code
    except AlfcheckError as error:
        say_error(str(error))
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        say_error("stopped; what was published before stands, or the new release does, whole")
        return ExitCode.UNVERIFIED
    except CommandFailed as failed:
        return _broken_plugin(failed)
    except BaseException as error:
        return _broken(error)


def _broken(error: BaseException) -> int:
    """Tell of what nobody foresaw: never as if something had been found, or nothing."""
    from traceback import format_exception

    say_raw_error("".join(format_exception(error)))
    if isinstance(error, SystemExit):
        say_error("a plugin or library ended the program; nothing is known about the data")
    else:
        say_error("this is a fault of alfcheck or of a plugin; please report it with the lines above")
    return ExitCode.UNVERIFIED


def _broken_plugin(failed: CommandFailed) -> int:
    from traceback import format_exception

    assert failed.__cause__ is not None
    say_raw_error("".join(format_exception(failed.__cause__)))
    say_error(
        f"this is a fault of {failed.info.told}; tell whoever wrote it, with these lines, or leave it out "
        f"with --no-plugin {failed.info.name}"
    )
    return ExitCode.UNVERIFIED


def _speak_utf8() -> None:
    # Messages are UTF-8 whatever the locale; what a terminal cannot show is escaped, not an error.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
