"""Arrays for the examples of the rules on values."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["ALF", "npy"]

ALF = "mouse/2020-01-01/001/alf"


def npy(make: Callable[[Any], np.ndarray]) -> Callable[[], bytes]:
    """Give a writer of a .npy file with the array that `make` gives when it is called with numpy."""

    def data() -> bytes:
        import numpy as np

        stream = io.BytesIO()
        np.save(stream, make(np), allow_pickle=False)
        return stream.getvalue()

    return data
