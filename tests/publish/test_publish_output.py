"""What stands at the output already: left, replaced, warned of or refused; and the date."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from publish_child import (
    WHEN,
    contents,
    do_publish,
    tables,
)
from publish_view import debris, report, seen

from alfcheck.errors import ConfigError, PublishError, UsageError
from alfcheck.index import parquet_bytes
from alfcheck.publish import REPORT_NAME, open_output, publish, release_date


def test_an_unchanged_index_is_left_untouched(tmp_path: Path) -> None:
    do_publish(tmp_path, "old")
    before = {
        name: ((tmp_path / name).stat(), (tmp_path / name).read_bytes())
        for name in ("sessions.pqt", "datasets.pqt")
    }
    later = publish(tmp_path, tables("old", WHEN + timedelta(days=1)), {"report.json": b"later"})
    assert not later.index_changed
    assert report(tmp_path) == b"later"
    assert before == {name: ((tmp_path / name).stat(), (tmp_path / name).read_bytes()) for name in before}
    fixed = publish(tmp_path, tables("old", WHEN + timedelta(days=1)), {}, fixed_date=True)
    assert fixed.index_changed
    assert before["sessions.pqt"][1] != (tmp_path / "sessions.pqt").read_bytes()


@pytest.mark.parametrize("name", ["sessions.pqt", "datasets.pqt"])
@pytest.mark.parametrize("change", ["zone", "no date", "origin", "no pandas", "no metadata"])
def test_an_index_of_the_same_rows_that_says_something_else_is_written_again(
    name: str, change: str, root: Path, tmp_path: Path
) -> None:
    do_publish(tmp_path, "old")
    table = pq.read_table(tmp_path / name)
    metadata = {key.decode(): json.loads(value) for key, value in table.schema.metadata.items()}
    match change:
        case "zone":
            metadata["one_metadata"]["date_created"] += "+00:00"
        case "no date":
            del metadata["one_metadata"]["date_created"]
        case "origin":
            metadata["one_metadata"]["origin"] = "elsewhere"
        case "no pandas":
            del metadata["pandas"]
        case "no metadata":
            metadata.clear()
    texts = {key: json.dumps(value) for key, value in metadata.items()}
    pq.write_table(table.replace_schema_metadata(texts), tmp_path / name)
    assert do_publish(tmp_path, "old").index_changed
    assert seen(root, tmp_path) == contents("old")
    assert not do_publish(tmp_path, "old").index_changed


def test_an_index_with_half_of_it_lost_is_written_again(root: Path, tmp_path: Path) -> None:
    for name in ("sessions.pqt", "datasets.pqt"):
        do_publish(tmp_path, "old")
        (tmp_path / name).unlink()
        assert do_publish(tmp_path, "old").index_changed
        assert seen(root, tmp_path) == contents("old")


def test_ids_that_changed_are_told(tmp_path: Path) -> None:
    do_publish(tmp_path, "old, other ids")
    (warning,) = do_publish(tmp_path, "new").warnings
    assert warning.startswith("1 sessions had other ids")
    assert "--ids-from" in warning


@pytest.mark.parametrize("name", ["sessions.pqt", "datasets.pqt", "mine.pqt", ".hidden.pqt"])
@pytest.mark.parametrize("kind", ["truncated", "empty", "folder", "pipe", "dangling"])
def test_what_cannot_be_read_stops_publishing(tmp_path: Path, name: str, kind: str) -> None:
    make: dict[str, Callable[[Path], object]] = {
        "truncated": lambda path: path.write_bytes(parquet_bytes(tables("old").sessions)[:-20]),
        "empty": lambda path: path.touch(),
        "folder": lambda path: path.mkdir(),
        "pipe": os.mkfifo,
        "dangling": lambda path: path.symlink_to("nowhere"),
    }
    make[kind](tmp_path / name)
    with pytest.raises(PublishError, match="move the file away"):
        do_publish(tmp_path, "new")
    assert os.listdir(tmp_path) == [name]


def test_what_is_no_index_is_not_replaced(tmp_path: Path) -> None:
    pd.DataFrame({"spikes": [1]}).to_parquet(tmp_path / "sessions.pqt")
    with pytest.raises(PublishError, match="no table of sessions"):
        do_publish(tmp_path, "new")
    assert os.listdir(tmp_path) == ["sessions.pqt"]


def test_a_foreign_table_is_a_warning_unless_it_breaks_one(root: Path, tmp_path: Path) -> None:
    pd.DataFrame({"spikes": [1]}).to_parquet(tmp_path / "mine.pqt")
    (warning,) = do_publish(tmp_path, "new").warnings
    assert "mine.pqt" in warning
    assert seen(root, tmp_path) == contents("new")
    for metadata in (
        None,
        {"one_metadata": '{"date_created": "2025-01-01T00:00:00+00:00"}'},
        {"one_metadata": "{"},
    ):
        pq.write_table(pa.table({"a": [1]}, metadata=metadata), tmp_path / "mine.pqt")
        with pytest.raises(Exception):  # noqa: B017 (ONE's own, of several kinds)
            seen(root, tmp_path)
        with pytest.raises(PublishError, match=r"mine\.pqt"):
            do_publish(tmp_path, "new")


def test_the_output_may_be_another_folder(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    with open_output(out, root=root) as lock:
        do_publish(out, "new", lock=lock)
    with open_output(out, root=root):
        pass
    assert seen(root, out) == contents("new")


def test_an_output_that_was_made_for_nothing_is_removed(root: Path, tmp_path: Path) -> None:
    with open_output(tmp_path / "out", root=root):
        pass
    assert not (tmp_path / "out").exists()


def test_an_output_of_another_release_is_refused(root: Path, tmp_path: Path) -> None:
    (root / "inside").mkdir(exist_ok=True)
    with pytest.raises(UsageError, match="lies inside"), open_output(root / "inside", root=root):
        pass
    do_publish(tmp_path, "new")
    with (
        pytest.raises(UsageError, match="of another release"),
        open_output(tmp_path, root=tmp_path.parent / "other"),
    ):
        pass
    with open_output(tmp_path, root=tmp_path):  # its own: whatever stands there
        pass
    assert debris(tmp_path) == []


def test_the_date_is_asked_for_or_now() -> None:
    now = datetime(2025, 6, 7, 8, 9, 10, 999, tzinfo=UTC)
    assert release_date({}, now) == (datetime(2025, 6, 7, 8, 9, 10), False)
    assert release_date({"SOURCE_DATE_EPOCH": "0"}, now) == (datetime(1970, 1, 1), True)
    assert not release_date({"SOURCE_DATE_EPOCH": ""}).fixed
    for text in ("x", "1e9", "9" * 30, "2025-01-01"):
        with pytest.raises(ConfigError, match="SOURCE_DATE_EPOCH"):
            release_date({"SOURCE_DATE_EPOCH": text})


@pytest.mark.parametrize("kind", ["file", "dangling", "pipe"])
def test_what_bears_the_name_of_the_report_is_not_replaced(tmp_path: Path, kind: str) -> None:
    place = tmp_path / REPORT_NAME
    make: dict[str, Callable[[Path], object]] = {
        "file": lambda path: path.write_text("mine"),
        "dangling": lambda path: path.symlink_to("nowhere"),
        "pipe": os.mkfifo,
    }
    make[kind](place)
    for attempt in (lambda: do_publish(tmp_path, "old"), lambda: open_output(tmp_path).__enter__()):
        with pytest.raises(PublishError, match="move it away") as told:
            attempt()
        assert str(place) in str(told.value)
        assert os.listdir(tmp_path) == [REPORT_NAME]
    if kind == "file":
        assert place.read_text() == "mine"


def test_what_takes_the_name_of_the_report_during_the_run_is_not_replaced(tmp_path: Path) -> None:
    with open_output(tmp_path) as lock:
        (tmp_path / REPORT_NAME).write_text("mine")
        with pytest.raises(PublishError, match="move it away"):
            publish(tmp_path, tables("old"), {"report.json": b"x"}, lock=lock)
    assert os.listdir(tmp_path) == [REPORT_NAME]


def test_a_release_that_was_left_waits_until_the_name_of_the_report_is_free(tmp_path: Path) -> None:
    def stop(step: str) -> None:
        if step == "after move datasets":
            raise SystemExit

    with pytest.raises(SystemExit):
        do_publish(tmp_path, "old", on_step=stop)
    place = tmp_path / REPORT_NAME
    place.write_text("mine")
    with pytest.raises(PublishError, match="move it away"), open_output(tmp_path):
        pass
    place.rename(tmp_path / "mine")
    with open_output(tmp_path):
        assert (place / "report.json").is_file()
    assert (tmp_path / "mine").read_text() == "mine"
