"""Hypothesis without a deadline: machines that run tests are slow at times."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("alfcheck", deadline=None)
settings.load_profile("alfcheck")
