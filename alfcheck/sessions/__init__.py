"""What a session has against what a contract says that sessions should have.

Nothing here opens a file: what the names and documents of a session say is gathered in a `Seen`, and
judged by `judge_session`.
"""

from __future__ import annotations

from alfcheck.sessions.judging import judge_session
from alfcheck.sessions.needs import Needs, needs_of
from alfcheck.sessions.seen import Document, Seen, without_revision

__all__ = ["Document", "Needs", "Seen", "judge_session", "needs_of", "without_revision"]
