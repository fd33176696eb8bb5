"""Documents (JSON, YAML) by the JSON Schema of a contract.

Nothing is ever fetched: a schema refers to itself alone. Formats (``format: date``) say what is meant and
are not checked, as JSON Schema 2020-12 has it. YAML knows values that JSON does not: dates and times are
taken for text as ISO 8601 writes them, keys for text, sets for objects whose values are null.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.document_keywords import Budget, Searches, TooMuch, keywords
from alfcheck.contracts.document_words import TooLong, shown
from alfcheck.contracts.model import Contract, Terms
from alfcheck.contracts.screening import screen
from alfcheck.contracts.screening_lines import screen_lines
from alfcheck.errors import PluginError
from alfcheck.model import Problem, Severity

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

__all__ = ["DocumentCheck", "DocumentSchemas", "as_json"]

SHOWN = 5
COUNTED = 1000
"""Faults after which no more are looked for."""

CHECK = "document"


class _Compiled:
    """A JSON Schema, ready to run."""

    def __init__(self, contract: Contract, name: str, schema: Mapping[str, Any] | bool) -> None:
        self._plain = _plain(contract, name, schema)
        self._screen = screen(self._plain)
        self._screen_lines = screen_lines(self._plain) if self._screen is not None else None
        self._budget = Budget()
        self._validator: Any = None

    def faults(self, document: Any, searches: Searches) -> Iterator[ValidationError]:
        if self._passes(document):
            return
        if self._validator is None:
            self._validator = self._made()
        self._budget.reset(searches)
        yield from self._validator.iter_errors(document)

    def _passes(self, document: Any) -> bool:
        try:
            return self._screen is not None and self._screen(document)
        except TooLong:
            return False

    def lines_pass(self, lines: Sequence[Any]) -> bool:
        """Tell whether all of some documents are sure to keep the schema."""
        try:
            return self._screen_lines is not None and bool(lines) and self._screen_lines(lines)
        except (TooLong, RecursionError):
            return False

    def _made(self) -> Any:
        # Importing jsonschema costs more than judging the documents of a session, and nearly all are sound.
        from jsonschema import Draft202012Validator
        from jsonschema.validators import extend
        from referencing import Registry

        make: Any = extend
        validator = make(Draft202012Validator, keywords(self._budget, Draft202012Validator.VALIDATORS))
        return validator(self._plain, registry=Registry())


def _plain(contract: Contract, name: str, schema: Mapping[str, Any] | bool) -> Any:
    """Give a schema that can be used, in plain values; one from a file was looked at when that was read."""
    try:
        # Contracts may hold mappings that are no dicts, which jsonschema takes for no objects.
        plain = json.loads(json.dumps(schema, default=dict))
        if contract.spec is None:
            _refuse_invalid(plain)
        _refuse_references(plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise PluginError(
            f"contract {contract.label}: the JSON Schema of {name!r} cannot be used: {str(error)[:300]}"
        ) from error
    if isinstance(plain, dict):
        # It would choose another validator wherever the schema refers to itself.
        plain.pop("$schema", None)
    return plain


def _refuse_invalid(schema: Any) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ValueError(error.message) from error


def _refuse_references(schema: Any) -> None:
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            for key in ("$ref", "$dynamicRef"):
                target = part.get(key, "#")
                if isinstance(target, str) and not target.startswith("#"):
                    raise ValueError(
                        f"it refers to {target[:100]!r}; only references into itself (#...) hold"
                    )
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


class DocumentSchemas:
    """The JSON Schemas of a run, each made ready when something first matches it."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str, bool], _Compiled] = {}

    def check(self, contract: Contract, name: str, terms: Terms) -> DocumentCheck:
        """Give a new judge of one file; raises `PluginError` for a schema that cannot be used."""
        assert terms.document is not None
        key = (contract.label, name, terms.lines)
        if key not in self._compiled:
            self._compiled[key] = _Compiled(contract, name, terms.document)
        return DocumentCheck(contract, name, self._compiled[key])


class DocumentCheck:
    """Judges one file: its document, or its lines one after the other."""

    def __init__(self, contract: Contract, name: str, compiled: _Compiled) -> None:
        self._contract = contract
        self._name = name
        self._compiled = compiled
        self._searches = Searches()
        self._told: list[str] = []
        self._expected = ""
        self._lines: list[int] = []
        self._count = 0
        self._failure: Problem | None = None

    def look(self, document: Any, line: int | None = None) -> None:
        """Judge a document; `line` is its number in the file, from 0, where each line is one."""
        if self._failure is not None or self._count >= COUNTED:
            return
        try:
            for fault in islice(self._compiled.faults(document, self._searches), COUNTED - self._count):
                self._note(fault, line)
        except (TooMuch, RecursionError, MemoryError) as error:
            self._failure = self._too_much(error)
        except Exception as error:
            self._failure = self._crashed(error)

    def look_lines(self, lines: Sequence[Any], first: int) -> None:
        """Judge the lines of a file, or some of them, of which the first has the number `first`."""
        if self._failure is None and self._compiled.lines_pass(lines):
            return
        for line, document in enumerate(lines, first):
            self.look(document, line)

    def _note(self, fault: ValidationError, line: int | None) -> None:
        self._count += 1
        if len(self._told) < SHOWN:
            what = fault.message if fault.validator is not None else "holds what is not provided for"
            where = _path(fault.absolute_path)
            self._told.append(f"{where} {what}" if line is None else f"line {line + 1}: {where} {what}")
            self._expected = self._expected or what.partition("expected ")[2]
        if line is not None and line not in self._lines and len(self._lines) < SHOWN:
            self._lines.append(line)

    def problems(self) -> Iterator[Problem]:
        """Give what was found."""
        if self._failure is not None:
            yield self._failure
        if self._count:
            places = f"{'at least ' if self._count >= COUNTED else ''}{self._count} place"
            more = "; …" if self._count > len(self._told) else ""
            yield Problem(
                code="ALF312",
                contract=self._contract.label,
                column=self._name,
                check=CHECK,
                expected=self._expected or "a document that keeps the schema",
                message=f"{self._name} breaks its schema in {places}{'s' if self._count > 1 else ''}: "
                f"{'; '.join(self._told)}{more}",
                rows=tuple(self._lines),
                count=self._count,
                fix=f"mend {self._name}, or the schema in the contract if the document is right",
            )

    def _too_much(self, error: BaseException) -> Problem:
        why = str(error) if isinstance(error, TooMuch) else "it takes more memory than there is"
        return self._unverified("ALF905", f"its document cannot be compared with the schema: {why}")

    def _crashed(self, error: Exception) -> Problem:
        what = f"{type(error).__name__}: {str(error)[:200]}"
        return self._unverified("ALF901", f"the schema of {self._name!r} failed to run: {what}")

    def _unverified(self, code: str, message: str) -> Problem:
        return Problem(
            code=code,
            severity=Severity.UNVERIFIED,
            contract=self._contract.label,
            column=self._name,
            check=CHECK,
            message=message,
            fix="simplify the JSON Schema in the contract, or the document",
        )


def _path(parts: Sequence[str | int]) -> str:
    """Write a place in a document as a JSON path."""
    path = "$"
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if part.isascii() and part.isidentifier() else f"[{shown(part)}]"
    return path if len(path) <= 200 else f"{path[:100]}…{path[-99:]}"


def as_json(value: Any) -> Any:
    """Give what YAML holds as JSON would have it."""
    if isinstance(value, dict):
        return {_text(key): as_json(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return {_text(key): None for key in sorted(value, key=repr)}
    if isinstance(value, (date, time)):  # a datetime is a date
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _text(key: Any) -> str:
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    plain = as_json(key)
    return plain if isinstance(plain, str) else json.dumps(plain) if isinstance(plain, list) else str(plain)
