"""The map on a Dask cluster, over a file system that all machines share.

A task is a piece of the work: some sessions, and the calls that are not to be made. A Dask worker hands it
to a process of ours beside it (`foreman`), which judges in a worker process as a local run does: what hangs,
crashes or swells there harms no Dask worker. The books (`alfcheck.executors.books`) are kept where
the command runs.
"""

from __future__ import annotations
