"""Readers: from the bytes of one file to columns in pieces.

A reader is a function from a `Source` to a `Content`. It never executes what it reads, never needs
more memory than the budget it is given, and raises `BadContent` for what is wrong with the file.
"""

from __future__ import annotations
