"""Files that were tested are read quickly, and say what they say."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import alfcheck_schemas
from alfcheck.contracts.language import dump_spec, read_spec

FOLDER = Path(alfcheck_schemas.__file__).parent
FILES = sorted(FOLDER.rglob("*.yaml"))

MANY = """\
alfcheck: 1
id: lab.many
version: 1.2.3-rc.1
status: draft
owner: A lab
description: >
  Words that go on
  over lines.
source: |
  A book.
match: {object: "*Camera", namespace: "", collection: "alf*", extensions: [npy, pqt]}
rows: {agree: true, except: [text], at_least: 2}
strict: true
columns:
  intervals: {dtype: [float64, float32], shape: [[rows], [rows, 2]], unit: s, nullable: true, tolerance: 1}
  intervals_0: {nullable: false}
  kind:
    dtype: integer
    missing: -1
    missing_share: 0.5
    isin: {allowed_values: [0, 1, 2], severity: warning, error: a kind}
    checks:
      - ge: 0
      - ge: {min_value: 1, severity: warning}
      - in_range: [0, 5]
      - unique: {severity: warning}
  text:
    {dtype: string, unique: true, required: true, str_length: [1, 9], str_matches: "^[a-z]+$", examples: [ab]}
  "*_times": {dtype: number, sorted: true, references: none, whole_number: {severity: warning}}
  settings:
    document: {type: object, required: [b, a], properties: {a: {const: "é"}}}
    lines: true
    examples: [{a: é, b: 1}]
relations:
  ordered: {le: [intervals_0, intervals_1], tolerance: 0.5, severity: warning, description: In order.}
  told: {check: kind == 1, when: intervals_0 > 2}
session:
  when: {protocol: "*World*", document: [_ibl_experiment.description, tasks/0, "*"]}
  datasets:
    - required: alf/a.b.npy
      description: First.
    - any_of: [alf/a.b.npy, alf/c.d.npy]
    - each: raw/{probe}
      required: alf/{probe}/e.f.npy
      count: {min: 1, max: 2}
      when: {device: neuropixel}
    - optional: alf/g.h*.npy
      count: 3
    - optional: alf/i.j*.npy
      count: {min: 2}
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_catalogue_is_read_as_the_parser_reads_it(path: Path) -> None:
    assert read_spec(path, tested=True) == read_spec(path)


def test_all_words_are_read_as_the_parser_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(MANY, encoding="utf-8")
    spec = read_spec(path)
    assert read_spec(path, tested=True) == spec
    for field in dataclasses.fields(spec):
        if field.default is not dataclasses.MISSING:
            assert getattr(spec, field.name) != field.default, f"the example says nothing of {field.name}"
    path.write_text(dump_spec(spec), encoding="utf-8")
    assert read_spec(path, tested=True) == spec
