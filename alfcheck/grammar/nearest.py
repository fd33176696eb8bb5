"""Mend a path: give the nearest legal one, or nothing where only a guess is left.

Each step mends one kind of fault; the result is offered only if the strict reader takes it.
"""

from __future__ import annotations

import re
import unicodedata

from alfcheck.grammar.sessions import is_session, lab_of, split
from alfcheck.grammar.strict import is_date, read_dataset, read_session
from alfcheck.grammar.text import INVISIBLE, UNDECODED, slow_span, unfinished

__all__ = ["nearest_dataset", "nearest_session"]

# Endings that show that a name of two parts has its extension and lacks its attribute.
_EXTENSION = re.compile(
    r"np[yz]|h?tsv|[cs]sv|txt|md|rst|pdf|docx?|xlsx?|json(?:able)?|ya?ml|xml|html|log|ini|cfg|toml|pqt|parquet|dat"
    r"|c?bin|ch|meta|mat|h5|hdf5|nwb|pkl|pickle|zip|gz|tar|bz2|7z|rar|avi|mp4|mov|mkv|mj2|wav|flac|png|jpe?g|tiff?|bmp"
    r"|gif|svg|m|py|ipynb|sh|bat|exe|db|lnk|url|info|sqlite|raw|lock|ds_store",
    re.IGNORECASE,
)
_COPY = re.compile(r"(?i)\s*\(\d{1,3}\)|\s+-?\s*(?:copy|kopie|copie)(?:\s*\(?\d*\)?)?$")
_LONG = 1000  # no file system holds a longer name; guesses about one would help nobody


def nearest_dataset(path: str) -> str | None:
    """Give the legal path that is nearest to a refused one."""
    if len(path) > 5 * _LONG:
        return None
    path = _clean(path)
    folder, slash, name = path.rpartition("/")
    debris = unfinished(name)
    names = [debris.clean] if debris else [name]
    names += [mended for raw in names if (mended := _mend_name(raw))]
    folders = [folder, _mend_folder(folder)] if slash else [""]
    for folder in folders:
        for name in names:
            whole = f"{folder}/{name}" if folder else name
            for candidate in (whole, _join_extras(whole)):
                if candidate and read_dataset(candidate):
                    return candidate
    return None


def nearest_session(path: str) -> str | None:
    """Give the place where a session belongs."""
    folders = split(_clean(path).strip("/"))
    for index in range(2, len(folders) - 1):
        if is_session(folders[index - 1].name, folders[index].name):
            folders = folders[: index + 1]
            break
    if len(folders) < 3:
        return None
    *above, subject, date, number = folders
    if [folder.name.lower() for folder in above] == ["subjects"]:
        # The root is the lab's own folder: no name below it is the right one.
        return None
    session = f"{_mend_folder_name(subject.name)}/{_mend_date(date.name)}/{_mend_number(number.name)}"
    lab = lab_of(folders)
    if lab is None and len(above) == 1 and above[0].name.lower() != "subjects":
        lab = above[0]
    if lab:
        session = f"{_words(lab.name, '_', keep='')}/Subjects/{session}"
    return session if read_session(session) else None


def _clean(path: str) -> str:
    """Decode, compose and drop what cannot be seen."""
    path = UNDECODED.sub(lambda match: _from_latin(match[1]) if match[1] else match[0], path)
    return unicodedata.normalize("NFC", INVISIBLE.sub("", path))


def _from_latin(escaped: str) -> str:
    """Take bytes that are not UTF-8 for Latin-1, which they mostly are."""
    return bytes.fromhex(escaped.replace("\\x", "")).decode("latin-1") if escaped[0] == "\\" else ""


def _mend_folder(folder: str) -> str:
    revision, kept = "", []
    for name in folder.split("/"):
        label = _words(name.strip("#"), "_")
        if "#" in name:
            if revision:
                kept.append(revision)
            revision = label
        elif label.strip("."):
            kept.append(label)
    return "/".join(kept + ([f"#{revision}#"] if revision else []))


def _mend_folder_name(name: str) -> str:
    return _words(name, "_", keep=".-")


def _words(text: str, joint: str, keep: str = ".-") -> str:
    """Join the legal runs of a text."""
    return joint.join(re.findall(rf"[\w{re.escape(keep)}]+", text))


def _camel(text: str) -> str:
    """Join words as ALF writes them: `spike train` is `spikeTrain`."""
    words: list[str] = re.findall(r"\w+", text) or [""]
    first, *rest = words
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _ascii(text: str) -> str:
    """Write letters without accents, and digits of any script as 0 to 9."""
    digits = "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)
    letters: str = unicodedata.normalize("NFKD", digits)
    return letters.encode("ascii", "ignore").decode()


def _mend_name(name: str) -> str | None:
    name = name.strip().strip("'\"#").replace(",", ".")
    parts = [_COPY.sub("", part) for part in name.split(".")]
    parts = [part for part in parts if part.strip("_- ()")]
    if len(parts) == 2:
        parts = _third_part(*parts)
    if len(parts) < 3 or len(name) > _LONG:
        return None
    first, second, *extras, extension = parts
    extras = ["-".join(re.findall(r"[\w-]+", extra)) for extra in extras]
    extension = "".join(re.findall(r"\w+", extension))
    return ".".join([_mend_object(first), _mend_attribute(second), *extras, extension])


def _third_part(first: str, last: str) -> list[str]:
    """Find the third part of a name that has two: `trials choice.npy`, `spikes.times`."""
    if _EXTENSION.fullmatch(last.strip()):
        words = re.fullmatch(r"(_?[a-zA-Z]\w*)[\s,;+-]+([a-zA-Z].*)", first.strip(), re.DOTALL)
        return [words[1], words[2], last] if words else [first, last]
    if re.fullmatch(r"[a-zA-Z0-9_]{3,}", last):
        return [first, last, "npy"]
    return [first, last]


def _mend_object(text: str) -> str:
    if not text.strip().startswith("_"):
        return _camel(text.strip("_ "))
    namespace, _, rest = text.strip("_ ").partition("_")
    if rest:
        return f"_{_ascii(namespace)}_{_camel(rest.strip('_'))}"
    return "" if text.rstrip().endswith("_") else _camel(namespace)


def _mend_attribute(text: str) -> str:
    old = re.match(r"_([a-zA-Z]+)_(?=[^_])", text)
    head, _, timescale = text[old.end() if old else 0 :].strip("_ ").partition("_")
    suffix = "_".join(_camel(word) for word in re.split("_+", timescale) if word)
    return (f"_{old[1].lower()}_" if old else "") + _camel(_ascii(head)) + (f"_{suffix}" if suffix else "")


def _join_extras(path: str) -> str | None:
    """Join the parts of a name that has so many that ONE stumbles over them."""
    span = slow_span(path)
    if span is None:
        return None
    tail = path[span[0] + 1 : span[1]].split(".")
    joined = "-".join(tail[:-1])
    return f"{path[: span[0] + 1]}{joined}.{tail[-1]}{path[span[1] :]}"


def _mend_date(text: str) -> str:
    """Write a date as ISO does, where it can be read in one way only."""
    text = _ascii(text).strip()
    match = re.fullmatch(r"(\d{4})[-_./ ]?(\d{1,2})[-_./ ]?(\d{1,2})", text)
    if match and (not text.isdigit() or len(text) == 8):
        return _iso(match[1], match[2], match[3])
    match = re.fullmatch(r"(\d{1,2})[-_./ ](\d{1,2})[-_./ ](\d{4})", text)
    if match:
        readings = {_iso(match[3], match[2], match[1]), _iso(match[3], match[1], match[2])}
        days = [day for day in readings if is_date(day)]
        return days[0] if len(days) == 1 else text
    return text


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}"


def _mend_number(text: str) -> str:
    digits = _ascii(text).strip()
    return str(int(digits)).zfill(3) if digits.isdigit() and len(digits) < 10 else text
