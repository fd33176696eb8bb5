"""Rules on names and paths that are refused: the grammar finds the fault, so that none has a check."""

from __future__ import annotations

from alfcheck.model import Example, Rule, Severity, Target
from alfcheck.rules.names_examples import dataset

__all__ = ["RULES"]

_GOOD = dataset("alf/spikes.times.npy")


def _refused(
    code: str,
    name: str,
    summary: str,
    why: str,
    fix: str,
    *bad: Example,
    good: tuple[Example, ...] = (_GOOD,),
    severity: Severity = Severity.ERROR,
) -> Rule:
    """Make a rule whose check is the grammar itself; no setting can make ONE find what it cannot find."""
    is_safety = severity is Severity.ERROR
    return Rule(
        code=code, name=name, target=Target.NAME, severity=severity, summary=summary, why=why, fix=fix,
        good=good, bad=bad, safety=is_safety,
    )  # fmt: skip


RULES: tuple[Rule, ...] = (
    _refused(
        "ALF101",
        "not-alf-name",
        "A file inside a session has no ALF name.",
        "ONE sees only files that are named object.attribute.extension. Any other file is in nobody's "
        "search, and is left out of the index.",
        "Rename it as the message proposes. A file that is not meant as data goes into `.alfcheckignore`.",
        dataset("alf/trials choice.npy", "a space where a dot should be"),
        dataset("alf/spikes.times", "no extension"),
        good=(dataset("alf/trials.choice.npy"), _GOOD),
        severity=Severity.WARNING,
    ),
    _refused(
        "ALF102",
        "misread-name",
        "ONE takes the name, but reads other parts than are written, or empty ones.",
        "ONE's expression finds a way through names that nobody means: `_trials.choice.npy` is read as "
        "namespace `trial` and object `s`, so that two calls with two object names load the same file.",
        "Rename the file: a namespace stands between two single underscores, an object begins and ends with "
        "a letter or digit, and every part between two dots has one.",
        dataset("alf/_trials.choice.npy", "a namespace that does not end: ONE reads object 's'"),
        dataset("alf/spikes.times...npy", "ONE reads '.' as a further part"),
        dataset("alf/trials.goCue_times_.npy", "ONE reads timescale 'times_'"),
        good=(dataset("alf/_ibl_trials.choice.npy"), dataset("alf/trials.goCue_times.npy")),
    ),
    _refused(
        "ALF103",
        "bad-collection",
        "A folder inside a session is not a legal collection.",
        "ONE reads a path from its end for as long as it can: from `alf/probe 00/spikes.times.npy` it takes "
        "the collection `alf`, so that its index names a file that does not exist.",
        "Use letters, digits, '_', '-' and '.' in names of folders, and do not put a session into a session.",
        dataset("alf/probe 00/spikes.times.npy", "a space"),
        dataset("mouse_002/2024-05-28/001/spikes.times.npy", "a session within a session"),
        good=(dataset("alf/probe-00/spikes.times.npy"), dataset("alf/probe00/ks2.1/spikes.times.npy")),
    ),
    _refused(
        "ALF104",
        "bad-revision",
        "A revision is not the single last folder, is empty, or is not between two '#'.",
        "ONE reads a revision only from the last folder. A file below two revisions, or in a folder below "
        "one, cannot be loaded.",
        "Move the file so that its path ends in `COLLECTION/#REVISION#/NAME`.",
        dataset("alf/#2024-06-01#/probe00/spikes.times.npy", "a folder below the revision"),
        dataset("alf/2024-06-01#/spikes.times.npy", "the first '#' is missing"),
        good=(dataset("alf/#2024-06-01#/spikes.times.npy"), dataset("alf/probe00/#v1.0.0#/spikes.times.npy")),
    ),
    _refused(
        "ALF105",
        "slow-name",
        "The name has so many parts that ONE takes exponential time to read it.",
        "Where the name or a search does not match at once, ONE's expression tries each of the dots after "
        "the attribute as a border and as a character: time doubles with each. Names above 20,000 ways (2 "
        "ms each, as measured; about 11 short parts) are refused; 25 parts stop a client for over ten "
        "seconds.",
        "Join the parts between attribute and extension, for instance with '-'.",
        dataset(f"alf/spikes.times{'.x' * 24}.npy", "24 parts: a search for another extension takes seconds"),
        good=(dataset("alf/spikes.times.part-1.npy"), dataset("alf/spikes.times.a.b.c.npy")),
    ),
    _refused(
        "ALF106",
        "unpadded-number",
        "The session's number does not have three digits.",
        "ONE lists a session in folder `1`, but looks for its files in folder `001`: nothing in it can be "
        "loaded.",
        "Rename the folder to three digits, 000 to 999.",
        dataset("spikes.times.npy", session="mouse_001/2024-05-27/1"),
        dataset("spikes.times.npy", session="mouse_001/2024-05-27/01"),
    ),
    _refused(
        "ALF107",
        "bad-date",
        "The session's date is impossible, or not written YYYY-MM-DD.",
        "ONE's pattern accepts `2024-02-30`; its index and every search by date then fail. Other spellings "
        "of a date are not seen at all.",
        "Rename the folder to the true date, YYYY-MM-DD, in ASCII digits. The index holds days from 1678 to "
        "2261.",
        dataset("spikes.times.npy", session="mouse_001/2024-02-30/001"),
        dataset("spikes.times.npy", session="mouse_001/2024_05_27/001"),
    ),
    _refused(
        "ALF108",
        "misplaced-session",
        "The session does not lie at [LAB/Subjects/]SUBJECT/DATE/NUMBER below the root.",
        "ONE keeps lab, subject, date and number, and builds the path from these four alone. What lies below "
        "further folders, or in a lab's folder without `Subjects`, is listed and cannot be loaded.",
        "Move the session to the place that the message names, or release the folder that is the true root.",
        dataset("spikes.times.npy", session="backup/2024/mouse_001/2024-05-27/001"),
        dataset("spikes.times.npy", session="cortexlab/subjects/mouse_001/2024-05-27/001"),
        good=(_GOOD, dataset("spikes.times.npy", session="cortexlab/Subjects/mouse_001/2024-05-27/001")),
    ),
    _refused(
        "ALF109",
        "bad-session-name",
        "The lab's or the subject's name holds a character at which ONE cuts it off.",
        "From `my mouse/2024-05-27/001` ONE takes the subject `mouse`, and then looks in a folder that is "
        "not there.",
        "Subjects have letters, digits, '_', '-' and '.', labs letters, digits and '_'.",
        dataset("spikes.times.npy", session="my mouse/2024-05-27/001"),
        dataset("spikes.times.npy", session="my-lab/Subjects/mouse_001/2024-05-27/001"),
    ),
    _refused(
        "ALF110",
        "decomposed-unicode",
        "The name is not in composed Unicode (NFC).",
        "The same letter can be one character or a letter and an accent. ONE's pattern takes only the "
        "first, and whoever types the name types the first; macOS may have written the second.",
        "Rename the file in NFC, better in ASCII: `convmv -f utf8 -t utf8 --nfc` does it for a whole tree.",
        dataset("alf/mare\u0301e.times.npy", "the accent is a character of its own"),
        good=(dataset("alf/mar\u00e9e.times.npy", "the same name, composed"),),
    ),
    _refused(
        "ALF111",
        "not-utf8",
        "The name is not UTF-8.",
        "An index holds text. Bytes that are no text cannot be written into it, nor searched.",
        "Rename the file; `convmv -f latin1 -t utf8` does it for a whole tree.",
        dataset("alf/dur\\xe9e.times.npy", "\\xe9 stands for the single byte E9, as in Latin-1"),
        good=(dataset("alf/dur\u00e9e.times.npy", "the same name in UTF-8"),),
    ),
    _refused(
        "ALF112",
        "control-character",
        "The name holds a control character, or one that shows nothing.",
        "A line feed at the end of a name is accepted by ONE and splits every list of files; a character "
        "that turns the writing direction makes a name look like another.",
        "Rename the file without it; the message shows it escaped.",
        dataset("alf/spikes.times.npy\n", "a line feed at the end"),
        dataset("alf/spikes.tim\u200bes.npy", "a space of no width"),
    ),
    _refused(
        "ALF113",
        "unfinished-file",
        "The file is half-written, a backup, or an editor's or a system's leftover.",
        "ONE takes `spikes.times.npy.part` for a dataset: half of a file would be published as a whole one.",
        "Finish or repeat the copy, then delete the leftover.",
        dataset("alf/spikes.times.npy.part", "a download that did not end"),
        dataset("alf/._spikes.times.npy", "what macOS leaves on foreign disks"),
        dataset("alf/spikes.times-checkpoint.npy", "a copy that Jupyter made"),
    ),
)
