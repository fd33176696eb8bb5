"""Rules on names that are legal here and not everywhere: Windows, long paths, hidden folders, scripts."""

from __future__ import annotations

from collections.abc import Iterable

from alfcheck.model import Dataset, Problem, Rule, Severity, Target
from alfcheck.rules.names_examples import dataset

__all__ = ["MAX_NAME_BYTES", "MAX_PATH", "RULES"]

# Windows' limit is 260 characters with the drive and the folder that a release is put into.
MAX_PATH = 200
MAX_NAME_BYTES = 255

# Windows looks at what stands before the first dot, in any case.
_RESERVED = frozenset(
    (
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789\u00b9\u00b2\u00b3"),
    )
)


def check_windows(dataset_: Dataset, path: str) -> Iterable[Problem]:
    """Warn of names that Windows cannot hold."""
    problems = []
    for name in path.split("/"):
        stem = name.partition(".")[0]
        if stem.lower() in _RESERVED:
            message = f"'{stem}' is a device on Windows, with any extension"
            problems.append(Problem(message=message, expected="another name", fix=f"rename '{stem}'"))
    for name in path.split("/") if "./" in path else ():
        if name.endswith("."):
            message = f"Windows drops the dot at the end of '{name}'"
            problems.append(Problem(message=message, expected=name.rstrip(".") or "another name"))
    return problems


def check_length(dataset_: Dataset, path: str) -> Iterable[Problem]:
    """Warn of paths and names that not every system can hold."""
    if len(path) <= MAX_PATH:
        return ()
    problems = []
    expected = f"at most {MAX_PATH} characters"
    message = (
        f"the path has {len(path)} characters from the root of the release; Windows allows 260 with the drive"
    )
    problems.append(
        Problem(message=message, expected=expected, fix="shorten folders or the parts before the extension")
    )
    for name in path.split("/"):
        size = len(name.encode("utf-8", "replace"))
        if size > MAX_NAME_BYTES:
            message = f"a name of the path has {size} bytes; file systems hold {MAX_NAME_BYTES}"
            problems.append(Problem(message=message, expected=f"at most {MAX_NAME_BYTES} bytes"))
    return problems


def check_hidden(dataset_: Dataset, path: str) -> Iterable[Problem]:
    """Warn of folders that begin with a dot."""
    if not path.startswith(".") and "/." not in path:
        return ()
    return [
        Problem(
            message=f"folder '{folder}' begins with a dot: copies and listings leave it out, ONE does not",
            expected="a folder that does not begin with a dot",
            fix=f"rename the folder to '{folder.lstrip('.') or 'a name'}', or delete it",
        )
        for folder in path.split("/")[:-1]
        if folder.startswith(".")
    ]


def check_ascii(dataset_: Dataset, path: str) -> Iterable[Problem]:
    """Warn of letters beyond ASCII."""
    if path.isascii():
        return ()
    chars = "".join(sorted({char for char in path if not char.isascii()}))[:10]
    return (
        Problem(
            message=f"the path holds letters beyond ASCII ({chars}), which archives and disks may change",
            expected="ASCII letters and digits",
        ),
    )


_GOOD = dataset("alf/spikes.times.npy")

RULES: tuple[Rule, ...] = (
    Rule(
        code="ALF122",
        name="windows-name",
        target=Target.NAME,
        severity=Severity.WARNING,
        summary="Windows cannot hold this name.",
        why="`nul` and `CON.times.npy` are devices on Windows, and it drops a dot at the end of a folder: "
        "who downloads the release there lacks these files.",
        fix="Choose another name.",
        good=(_GOOD,),
        bad=(dataset("alf/CON.times.npy"), dataset("nul/spikes.times.npy"), dataset("alf./spikes.times.npy")),
        check=check_windows,
        folders=True,
    ),
    Rule(
        code="ALF123",
        name="long-path",
        target=Target.NAME,
        severity=Severity.WARNING,
        summary="The path has more than 200 characters, or a name more than 255 bytes.",
        why="Windows opens no path of more than 260 characters, those of the folder around the release "
        "included, and no file system in use holds a name of more than 255 bytes.",
        fix="Shorten folders, or the parts between attribute and extension.",
        good=(_GOOD,),
        bad=(dataset(f"alf/{'folder_with_a_long_name/' * 8}spikes.times.npy"),),
        check=check_length,
        whole_path=True,
    ),
    Rule(
        code="ALF125",
        name="hidden-folder",
        target=Target.NAME,
        severity=Severity.WARNING,
        summary="A folder begins with a dot.",
        why="Many programs leave such folders out of listings, copies and archives; ONE indexes what is in "
        "them.",
        fix="Rename the folder, or delete it if it is a program's own.",
        good=(_GOOD,),
        bad=(dataset(".cache/spikes.times.npy"),),
        check=check_hidden,
        folders=True,
    ),
    Rule(
        code="ALF128",
        name="non-ascii-name",
        target=Target.NAME,
        severity=Severity.WARNING,
        summary="The path holds letters or digits beyond ASCII.",
        why="Archives and some file systems store such letters in another form. The file then has another "
        "name than the index, and ONE does not find it.",
        fix="Use ASCII letters and digits.",
        good=(_GOOD,),
        bad=(dataset("alf/spik\u00e9s.times.npy"), dataset("alf/\u5c16\u5cf0.times.npy")),
        check=check_ascii,
        folders=True,
    ),
)
