"""Write the package of a new plugin: a beginning that installs, passes its tests, and can be changed."""

from __future__ import annotations

from alfcheck.scaffold.naming import Names, named
from alfcheck.scaffold.writing import asked_version, files_of, write_plugin

__all__ = ["Names", "asked_version", "files_of", "named", "write_plugin"]
