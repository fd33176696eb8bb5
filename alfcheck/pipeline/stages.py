"""The stages that a batch goes through, in order."""

from __future__ import annotations

from collections.abc import Callable

from alfcheck.pipeline.agreeing import agree
from alfcheck.pipeline.composing import compose_apart
from alfcheck.pipeline.content_rules import ask_about_contents
from alfcheck.pipeline.infos import give_infos
from alfcheck.pipeline.joining import join_columns
from alfcheck.pipeline.loading import judge_loading_stage
from alfcheck.pipeline.naming import parse_names
from alfcheck.pipeline.object_rules import ask_about_objects
from alfcheck.pipeline.opening import open_files
from alfcheck.pipeline.relating import relate
from alfcheck.pipeline.requiring import require_datasets
from alfcheck.pipeline.session_rules import ask_about_sessions
from alfcheck.pipeline.standing import recompose
from alfcheck.pipeline.state import Batch, Context
from alfcheck.pipeline.values import judge_values

__all__ = ["STAGES"]

STAGES: tuple[Callable[[Batch, Context], None], ...] = (
    parse_names,
    open_files,
    compose_apart,
    judge_values,
    ask_about_contents,
    join_columns,
    agree,
    relate,
    ask_about_objects,
    ask_about_sessions,
    recompose,
    give_infos,
    judge_loading_stage,
    require_datasets,
)
