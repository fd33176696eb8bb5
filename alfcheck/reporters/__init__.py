"""Report formats: from a `Report` to text."""

from __future__ import annotations
