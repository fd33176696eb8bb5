"""What is found in the release as a whole (ALF6xx), and what befalls the run itself (ALF9xx)."""

from __future__ import annotations

from alfcheck.model import Example, Rule, Severity, Target

__all__ = ["RULES"]


def _engine(code: str, name: str, summary: str, why: str, fix: str) -> Rule:
    return Rule(
        code=code,
        name=name,
        target=Target.ENGINE,
        severity=Severity.UNVERIFIED,
        summary=summary,
        why=why,
        fix=fix,
        safety=True,
    )


_TWIN = Example("lab2/Subjects/mouse/2020-01-01/001/alf/spikes.times.mp4", b"x", "the same session in lab2")

RULES: tuple[Rule, ...] = (
    Rule(
        code="ALF601",
        name="duplicate-session",
        target=Target.RELEASE,
        severity=Severity.ERROR,
        summary="Two sessions have the same subject, date and number.",
        why="ONE looks a session up by subject, date and number and leaves the lab out: with two of them, "
        "calls by path end in an AssertionError. Neither is indexed, since nothing says which is meant.",
        fix="Give one of the sessions another number or subject name.",
        good=(Example("lab1/Subjects/mouse/2020-01-01/001/alf/spikes.times.mp4", b"x", "one session"),),
        bad=(
            Example(
                "lab1/Subjects/mouse/2020-01-01/001/alf/spikes.times.mp4",
                b"x",
                "the session in lab1",
                (_TWIN,),
            ),
        ),
        safety=True,
    ),
    _engine(
        "ALF901",
        "rule-crashed",
        "A rule, a check or a reader failed to run.",
        "What it would have judged is unverified, neither passed nor failed: a rule that is lost must not "
        "read as a pass. This is a fault of whoever wrote the rule, not of the data.",
        "Tell whoever wrote it; --no-plugin leaves their plugin out.",
    ),
    _engine(
        "ALF902",
        "unreadable",
        "The system would not let the file be read.",
        "Rights are missing, or the disk or network failed. Nothing is known about what the file holds.",
        "Give yourself the right to read the file, or look at the disk, and run again.",
    ),
    _engine(
        "ALF903",
        "changed-while-read",
        "A file was changed, replaced or removed during the run.",
        "What was read may be half of the old and half of the new; no verdict on it would be true.",
        "Wait until nothing writes to the tree, and run again.",
    ),
    _engine(
        "ALF904",
        "reference-unverified",
        "A reference could not be compared: its target failed, or has no certain number of rows.",
        "A contract says that the values count the rows of another object, and that could not be relied on.",
        "Mend the other object, and run again.",
    ),
    _engine(
        "ALF905",
        "too-large-to-check",
        "A check would need more memory, or more room on disk, for this file than it may have.",
        "A check that wants a whole file at once cannot run on a very large one. To find values that come "
        "twice in a large file without order takes a temporary file.",
        "Write the check so that it looks at one row at a time, or at files in pieces; make room in the "
        "folder for temporary files, or name another one in the variable TMPDIR.",
    ),
    _engine(
        "ALF906",
        "killed-its-process",
        "A rule, a check or a reader ended the process that ran it, or checking a session did.",
        "It crashed hard or left the program, or the system ran out of memory. What it would have judged is "
        "unverified; everything else is complete.",
        "Tell whoever wrote it; --no-plugin leaves their plugin out. Where nobody is named, run alfcheck on "
        "this session alone with -j 1.",
    ),
    _engine(
        "ALF907",
        "out-of-time",
        "A rule, a check or a reader did not come to an end in the time that it may take.",
        "It was stopped, so that the rest could be judged. What it would have judged is unverified: a rule "
        "that is lost must not read as a pass.",
        "Tell whoever wrote it; --no-plugin leaves their plugin out, and 'deadline' in the configuration "
        "gives it more seconds.",
    ),
    _engine(
        "ALF908",
        "not-asked-any-more",
        "A rule, a check or a reader failed to come to an end too often, and was dropped for this run.",
        "Waiting for it again and again would take for ever. All that it would have judged is unverified, "
        "also what it had judged before: a report must not depend on what came first.",
        "Tell whoever wrote it; --no-plugin leaves their plugin out.",
    ),
)
