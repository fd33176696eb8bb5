"""The map over sessions: the stages in order, from file names to results."""

from __future__ import annotations
