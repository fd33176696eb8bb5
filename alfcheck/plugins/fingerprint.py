"""The fingerprint of a ruleset: what could change a judgement, in one number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from alfcheck._version import __version__
from alfcheck.plugins.requiring import required_versions
from alfcheck.plugins.sources import sources_of
from alfcheck.plugins.values import LOCAL, PluginInfo

__all__ = ["fingerprint_of"]


def fingerprint_of(infos: Iterable[PluginInfo], offered: Iterable[str], files: Iterable[str]) -> str:
    """Hash the bytes of alfcheck and of each plugin, not versions alone, and what they offer.

    So are the versions of what they require: a codec or pandera may judge otherwise than the one before.
    `files` are those that were offered: contracts may lie anywhere.
    """
    digest = hashlib.sha256(__version__.encode())
    seen: set[Path] = set()
    for name in sorted({info.distribution for info in infos if info.version != LOCAL}):
        digest.update("\0".join(required_versions(name)).encode())
    for info in sorted(infos):
        digest.update(f"\0{info.name}\0{info.distribution}\0{info.version}".encode())
        for name, file in sources_of(info):
            if file not in seen:
                seen.add(file)
                digest.update(f"\0{name}\0".encode("utf-8", "surrogateescape") + _content(file))
    for word in sorted(offered):
        digest.update(f"\0{word}".encode())
    for content in sorted(path.read_bytes() for path in set(map(Path, files)) - seen):
        digest.update(b"\0" + content)
    return digest.hexdigest()


def _content(file: Path) -> bytes:
    # Five hundred files are hashed whenever a process starts: a buffer for each is a third of the time.
    with open(file, "rb", buffering=0) as stream:
        return stream.readall()
