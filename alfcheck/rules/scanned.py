"""What the walk over the tree finds (ALF114 to ALF119), before any name is judged: how it is explained.

The checks themselves run in `alfcheck.scan`, inside sessions and outside of them.
"""

from __future__ import annotations

import io

from alfcheck.model import Example, Rule, Severity, Target

__all__ = ["RULES"]

_ALF = "mouse/2020-01-01/001/alf"
_TIMES = f"{_ALF}/spikes.times.npy"


def _times() -> bytes:
    import numpy as np

    stream = io.BytesIO()
    np.save(stream, np.array([0.1, 0.2, 0.4]), allow_pickle=False)
    return stream.getvalue()


_PLAIN = Example(_TIMES, _times, "a file of its own")
_BESIDE = Example("mouse/2020-01-01/001/raw/spikes.times.npy", _times, "the file that the link leads to")
_LINKED = Example(
    _TIMES, note="a link to another file of the release", beside=(_BESIDE,), link_to="../raw/spikes.times.npy"
)


def _bad_link(note: str, link_to: str, *beside: Example) -> tuple[Example, ...]:
    return (Example(_TIMES, note=note, beside=beside, link_to=link_to),)


def _rule(
    code: str,
    name: str,
    summary: str,
    why: str,
    fix: str,
    *,
    good: tuple[Example, ...] = (_PLAIN,),
    bad: tuple[Example, ...] = (),
    severity: Severity = Severity.ERROR,
) -> Rule:
    return Rule(
        code=code,
        name=name,
        target=Target.LAYOUT,
        severity=severity,
        summary=summary,
        why=why,
        fix=fix,
        good=good,
        bad=bad,
        safety=True,
    )


RULES: tuple[Rule, ...] = (
    _rule(
        "ALF114",
        "link-out-of-root",
        "A symbolic link leads to something outside the release.",
        "Whoever downloads the release does not get what the link leads to; and a link can name any file of "
        "the machine that publishes. It is therefore never followed, and nothing can excuse it: neither "
        ".alfcheckignore nor a lowered severity.",
        "Put a copy of the file in place of the link. If the whole release is part of a larger git-annex "
        "repository, check the repository, or `git annex unlock` the files.",
        good=(_LINKED,),
        bad=_bad_link("a link to a file beside the release", "../../../../../elsewhere/spikes.times.npy"),
    ),
    _rule(
        "ALF115",
        "broken-link",
        "A symbolic link leads to nothing, or back to itself.",
        "There are no data to publish. ONE's own index builder stops at such a link. (A link of git-annex "
        "whose content was not fetched is no broken link; see ALF213.)",
        "Restore the file that the link led to, or delete the link.",
        good=(_LINKED,),
        bad=_bad_link("there is no such file in the release", "../raw/gone.npy"),
    ),
    _rule(
        "ALF116",
        "linked-folder",
        "A symbolic link leads to a folder.",
        "ONE does not look for datasets behind a link to a folder, so they would be missing without a word; "
        "and a link to a folder above it has no end. The link counts as one file, and what lies behind it "
        "is not looked at through it.",
        "Put the folder itself in place of the link, or delete the link.",
        good=(_LINKED,),
        bad=_bad_link("a link to a folder of the release", "../raw", _BESIDE),
    ),
    _rule(
        "ALF117",
        "not-a-regular-file",
        "A named pipe, a socket or a device lies among the data.",
        "To open one may wait for ever: a client that loads it hangs. It is never opened. (No example: it "
        "cannot be written down as bytes.)",
        "Delete it, or put the data that it was meant to give into a file.",
    ),
    _rule(
        "ALF118",
        "unreadable-folder",
        "A folder cannot be listed.",
        "What is in it is unknown, so nothing can be said of it; it counts as one file. Mostly a right is "
        "missing, or the path is longer than the system allows. (No example: it is a matter of rights, not "
        "of bytes.)",
        "Give yourself the right to read the folder, or shorten its path, and run again.",
        severity=Severity.UNVERIFIED,
    ),
    _rule(
        "ALF119",
        "unreadable-file",
        "A file was listed, but the system will not say what it is.",
        "It vanished meanwhile, a right is missing, or its path is longer than the system allows. (No "
        "example: it is a matter of rights and of time, not of bytes.)",
        "Run again when nothing writes to the release, with the right to read it.",
        severity=Severity.UNVERIFIED,
    ),
)
