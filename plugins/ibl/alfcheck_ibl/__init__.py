"""What the International Brain Laboratory checks before a release and can be known from ALF files alone.

Rules (codes ``IBL``) that add to the contracts of the catalogue what is no contract: verdicts by the share of
trials, limits that are settings, and what takes several objects. And the protocol and the projects of each
session, for the sessions table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from alfcheck import Rule, SessionInfo, Setting, hookimpl

from alfcheck_ibl import (
    disputes,
    infos,
    registering,
    subjects,
    trial_delays,
    trial_order,
    trial_rewards,
    units,
    videos,
    wheels,
)
from alfcheck_ibl.settings import SETTINGS, refuse_contradictions

__all__ = ["alfcheck_rules", "alfcheck_session_infos", "alfcheck_settings"]

_RULES = (subjects, trial_order, trial_delays, trial_rewards, wheels, videos, units, registering, disputes)


@hookimpl
def alfcheck_settings() -> Iterable[Setting]:
    """Offer the limits."""
    return SETTINGS


@hookimpl
def alfcheck_rules(settings: Mapping[str, Any]) -> Iterable[Rule]:
    """Offer the rules, once what only they can judge of the settings is sound."""
    refuse_contradictions(settings)
    subjects.refuse_wrong_pattern(settings)
    registering.refuse_unknown_sets(settings)
    return [rule for module in _RULES for rule in module.RULES]


@hookimpl
def alfcheck_session_infos() -> Iterable[SessionInfo]:
    """Offer what the settings and the description of a session say."""
    return infos.INFOS
