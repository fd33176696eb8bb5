"""What the function of a plugin's check answers, looked at before it is believed.

pandera takes a boolean column that is too short for a pass, and any other column for a verdict about the
data. Here a function must say True or False, once or for each row, of values that it leaves as they are.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.checks import Segmented, builtin_name

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pandera.pandas as pa

__all__ = ["Unsound", "Watched", "is_mapped", "segment_of", "watched_check"]

_SHOWN = 40


class Unsound(Exception):
    """A check did what it may not; the text goes on after "it failed to run: "."""


def watched_check(check: pa.Check) -> pa.Check:
    """Give `check` with an eye on its function; one of pandera's or of ours comes back as it is."""
    import pandera.pandas as pa

    function = getattr(check, "_check_fn", None)
    if function is None or _is_known(check, function):
        return check
    if isinstance(check, pa.Hypothesis) or check.groupby is not None:
        # Their functions are asked in other ways, and what comes of it is one answer.
        return check
    own = copy.copy(check)
    own._check_fn = Watched(function, each=bool(check.element_wise))
    own.element_wise = False
    return own


def _is_known(check: pa.Check, function: object) -> bool:
    ours = str(getattr(function, "__module__", "")).startswith("alfcheck.")
    return ours or builtin_name(check) is not None or isinstance(function, Segmented)


class Watched:
    """A function of a column or a frame (or of `each` of its rows) that is answered for; raises `Unsound`."""

    def __init__(self, function: Callable[..., Any], *, each: bool) -> None:
        self.__wrapped__ = function
        self._each = each

    def __call__(self, data: Any, **arguments: object) -> Any:
        function = partial(self.__wrapped__, **arguments)
        # A copy, since whoever has an array can write into it, whatever is said of it; a file's map aside.
        mapped = is_mapped(data)
        given = data if mapped else data.copy()
        answer = _of_each(function, given) if self._each else function(given)
        if not mapped and not given.equals(data):
            raise Unsound(
                "it changed what it was given, so that its answer is worth nothing: write into a copy"
            )
        return _sound(answer, data)


def is_mapped(data: Any) -> bool:
    """Tell whether numpy arrays, or the columns of pandas' data, are maps of files that cannot be written."""
    import numpy as np

    if hasattr(data, "columns"):
        return bool(len(data.columns)) and all(is_mapped(data[name]) for name in data)
    values = data if isinstance(data, np.ndarray) else data.to_numpy()
    while isinstance(values, np.ndarray) and not isinstance(values, np.memmap):
        values = values.base
    return isinstance(values, np.memmap) and values.mode == "r"


def _of_each(function: Callable[..., Any], data: Any) -> Any:
    import pandas as pd

    if not len(data):
        return True
    return data.map(function) if isinstance(data, pd.Series) else data.apply(function, axis=1)


def _sound(answer: Any, data: Any) -> Any:
    """Give `answer` as pandera takes it."""
    import numpy as np
    import pandas as pd

    if isinstance(answer, (bool, np.bool_)):
        return bool(answer)
    labelled = isinstance(answer, (pd.Series, pd.DataFrame))
    if not labelled and not isinstance(answer, (np.ndarray, pd.api.extensions.ExtensionArray)):
        raise _returned(_shown(answer), data)
    if answer.shape not in (data.shape, data.shape[:1]):
        raise _returned(_size(answer, data), data)
    if not labelled:
        frame = len(answer.shape) == 2
        answer = pd.DataFrame(answer, data.index, data.columns) if frame else pd.Series(answer, data.index)
    if not answer.index.equals(data.index) or (answer.ndim == 2 and not answer.columns.equals(data.columns)):
        raise _returned("answers with another index than what it was given", data)
    if answer.ndim == 1:
        return _booleans(answer, data)
    return pd.DataFrame({name: _booleans(answer[name], data) for name in answer}, index=data.index)


def _booleans(answer: pd.Series, data: Any) -> pd.Series:
    """Give True or False for each row; raises `Unsound` where it is anything else."""
    import numpy as np
    import pandas as pd

    if answer.dtype == np.dtype(bool):
        return answer
    values = answer.to_numpy(dtype=object)
    for value in values:
        if not isinstance(value, (bool, np.bool_)):
            raise _returned(f"{_shown(value)} for a {_unit(data)}", data)
    return pd.Series(values.astype(bool), index=answer.index)


def segment_of(function: Segmented, values: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
    """Ask a check of order about one piece of a file; raises `Unsound`, and whatever the check does."""
    import numpy as np

    values.flags.writeable = False
    answer = function.segment(values, state)
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise Unsound(f"it returned {_shown(answer)}: it must return its answers and its next state")
    good, after = answer
    if not isinstance(good, np.ndarray) or good.dtype != bool or good.shape != values.shape:
        told = _size(good, values) if isinstance(good, np.ndarray) and good.dtype == bool else _shown(good)
        raise Unsound(f"it returned {told}: it must return an array of True or False for each value")
    return good, after


def _returned(what: str, data: Any) -> Unsound:
    return Unsound(f"it returned {what}: it must return True or False, or one of them for each {_unit(data)}")


def _unit(data: Any) -> str:
    return "row" if data.ndim == 2 else "value"


def _size(answer: Any, data: Any) -> str:
    if answer.ndim > 1:
        return f"{_shown(answer)} of shape {answer.shape}"
    return f"{answer.size} answer{'s' * (answer.size != 1)} for {len(data)} {_unit(data)}s"


def _shown(value: Any) -> str:
    import numpy as np

    if isinstance(value, np.generic):
        value = value.item()
    kind = type(value).__name__
    if value is None:
        return "None"
    return f"{repr(value)[:_SHOWN]} ({kind})" if type(value) in (bool, int, float, str) else f"a {kind}"
