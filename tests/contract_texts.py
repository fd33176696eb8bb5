"""A contract file that uses every word of the language once."""

from __future__ import annotations

EVERYTHING = """\
alfcheck: 1
id: lab.things
version: 1.2.3-rc.1+build
status: draft
owner: a lab
description: All that the language can say.
source: nowhere
match:
  object: "thing*"
  namespace: lab
  collection: alf*
  extensions: [npy, pqt]
rows:
  agree: true
  except: [loose, curated]
  at_least: 1
strict: true
columns:
  span:
    description: From and to.
    unit: s
    dtype: [float64, floating]
    shape: [[rows, 2], [rows]]
    nullable: true
    missing_share: 0.05
    tolerance: 1.0e-6
    source: a paper
    examples: [[0, 1], 2.5, null]
    ge: 0
  span_0: {description: From, missing: -1, unique: {severity: warning}, checks: {gt: 0}}
  span_1:
  code:
    dtype: integer
    missing: -1
    references: others
    unique: true
    required: true
    examples: [1]
    equal_to: 1
    not_equal_to: {value: 2, severity: warning}
    greater_than: 0
    greater_than_or_equal_to: 0
    less_than: 9
    less_than_or_equal_to: 9
    in_range: [0, 9]
    isin: [1, 2]
    notin: [3]
    checks:
      - in_range: {min_value: -2, max_value: 2, include_min: false, include_max: true}
      - whole_number: true
      - strictly_increasing: {severity: warning, error: "in order, without gaps"}
      - sorted: true
  label:
    dtype: string
    isin: [a1, ab]
    str_matches: "^a"
    str_contains: {pattern: "[ab1]"}
    str_startswith: a
    str_endswith: {string: "", severity: warning}
    str_length: [1, 3]
    checks: {str_length: {exact_value: 2}, eq: {value: ab, severity: warning}}
  day: {dtype: datetime, ge: "2020-01-01", lt: {max_value: "2030-01-01T10:00"}}
  flag: {dtype: bool, isin: [true, false]}
  loose: {nullable: true}
  "cur*": {shape: [rows, channels, things.rows, 3], nullable: true}
  metrics.label: {dtype: number, str_length: 3} # no
  notes:
    document:
      type: object
      properties: {name: {$ref: "#/$defs/name"}}
      $defs: {name: {type: string, pattern: "^[a-z]+$"}}
    lines: true
    examples: [{name: a}]
relations:
  forwards: {le: [span_0, span_1], tolerance: 0.001, severity: warning, description: It ends after it begins.}
  chosen: {check: "code == 1 or missing(label)", when: flag}
  below: {lt: [code, span_0]}
  above: {gt: [span_1, code]}
  from: {ge: [span_1, span_0]}
  same: {eq: [code, span_1], when: not flag}
  other: {ne: [span_0, code]}
session:
  when: {protocol: "*World*", collection: "raw*", device: probe, document: [a.description, tasks/0, "*"]}
  datasets:
    - {required: alf/thing.code.npy, description: Codes.}
    - any_of: [alf/a.b.npy, alf/a.c.npy]
    - {optional: alf/a.d.npy, count: {max: 2}}
    - {each: "raw/{probe}", required: "alf/{probe}*/a.b.npy", count: 1, when: {device: probe}}
    - {required: a.e*.npy, count: {min: 2}}
""".replace("dtype: number, str_length: 3} # no", "dtype: number}")
