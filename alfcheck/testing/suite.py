"""A test suite to inherit, that everything a plugin offers passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from alfcheck.errors import AlfcheckError
from alfcheck.model import Rule, Target
from alfcheck.testing import contract_tests, reader_tests
from alfcheck.testing.examples import numbered, show
from alfcheck.testing.odd_data import FEW
from alfcheck.testing.odd_names import ask_about_odd_names
from alfcheck.testing.odd_releases import odd_release
from alfcheck.testing.rules import assert_examples
from alfcheck.testing.same import differences
from alfcheck.testing.spying import spied
from alfcheck.testing.stage import Stage, stage_of
from alfcheck.testing.telling import contract_faults, reader_faults, rule_faults

if TYPE_CHECKING:
    import pytest

    from alfcheck.contracts.model import Contract
    from alfcheck.readers.base import Reader

__all__ = ["RuleSuite"]

SHOWN = 20
"""Faults of one thing that are told."""


class RuleSuite:
    """The tests of a plugin's rules, contracts and readers; inherit it under a name that begins with Test.

        class TestMyLab(RuleSuite):
            plugin = "alfcheck_mylab"

    ``plugin`` is an installed plugin's name, a module or a ``.py`` file, ``settings`` are what a user might
    write under ``[plugins.NAME]``. ``samples`` are the bytes of sound files by extension, which readers are
    given cut off and spoilt. With ``alone`` no example may break another rule besides its own.

    A test of your own in the class is asked once for each rule, if it has an argument ``rule``; so with
    ``contract`` and ``reader``.
    """

    plugin: str = ""
    settings: Mapping[str, Any] = {}
    samples: Mapping[str, bytes] = {}
    alone: bool = False
    _stage: ClassVar[Stage]

    @classmethod
    def stage(cls) -> Stage:
        """Give the plugin, loaded once for each class."""
        found = cls.__dict__.get("_stage")
        if not isinstance(found, Stage):
            found = stage_of(cls.plugin, cls.settings)
            cls._stage = found
        return found

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Ask each test about everything that the plugin offers of its kind."""
        stage = _stage(type(self))
        kinds: Sequence[tuple[str, Sequence[Any], str]] = (
            ("rule", stage.rules, "code"),
            ("name_rule", stage.name_rules, "code"),
            ("contract", stage.contracts, "label"),
            ("reader", stage.readers, "name"),
        )
        for argument, offered, name in kinds:
            if argument in metafunc.fixturenames:
                ids = [getattr(each, name) for each in offered]
                metafunc.parametrize(argument, list(offered) or [_nothing(argument, stage)], ids=ids or None)

    def test_plugin_offers_something(self) -> None:
        """Fail for a plugin that offers nothing that is tested here."""
        stage = self.stage()
        assert stage.rules or stage.contracts or stage.readers, (
            f"{stage.info.told} offers no rule, contract or reader, so that nothing is tested: return them "
            "from alfcheck_rules, alfcheck_contracts or alfcheck_readers, marked with @alfcheck.hookimpl"
        )

    def test_codes_share_a_prefix(self) -> None:
        """A plugin has one prefix of its own, so that a code tells whose it is."""
        prefixes = sorted({rule.code.rstrip("0123456789") for rule in self.stage().rules})
        assert len(prefixes) < 2, (
            f"the codes begin with {' and '.join(prefixes)}: take one prefix for all rules"
        )

    def test_rule_is_documented(self, rule: Rule) -> None:
        """Whoever meets a finding learns what is wrong, why that matters, and what to do."""
        _refuse(f"rule {rule.code} {rule.name}:", [f"  {fault}" for fault in rule_faults(rule)])

    def test_rule_examples_are_true(self, rule: Rule) -> None:
        """The whole program finds the bad examples, and not the good ones."""
        assert_examples(self.stage().trial, rule, alone=self.alone)

    def test_rule_says_the_same_twice(self, rule: Rule, tmp_path: Path) -> None:
        """What a rule says depends on the data alone: not on what it was asked before, nor on the time."""
        made = odd_release(tmp_path / "release", rule, FEW)
        trial = self.stage().trial
        if made.sessions:
            once, again = (trial.check(made.root) for _ in range(2))
            faults = differences(rule, once, again, made.named)
            _refuse(f"rule {rule.code}: asked twice about the same release, it says other things:", faults)

    def test_rule_changes_nothing(self, rule: Rule) -> None:
        """What a rule is given, others are given too."""
        changed, _, failed = self._spied(rule)
        faults = [*(f"  it changes the {what} that it is given" for what in dict.fromkeys(changed)), *failed]
        _refuse(f"rule {rule.code}: work on a copy:", faults)

    def test_rule_asks_for_what_it_uses(self, rule: Rule) -> None:
        """A rule sees the columns that it asked for and no others, even where they are in the file."""
        _, unasked, failed = self._spied(rule)
        names = ", ".join(sorted(unasked))
        _refuse(
            f"rule {rule.code}: name them among columns=[...] or optional=[...]:",
            [*([f"  it looks for {names}, which it did not ask for"] if unasked else []), *failed],
        )

    def _spied(self, rule: Rule) -> tuple[list[str], set[str], list[str]]:
        changed: list[str] = []
        unasked: set[str] = set()
        if rule.check is None:
            return changed, unasked, []
        trial = self.stage().trial
        watched = trial.with_check(rule, spied(rule, changed, unasked))
        failed = []
        for _, name, example in numbered(rule):
            shown = show(watched, rule, name, example)
            failed += [f"  {name}: {each.message}" for each in shown.failures(rule)]
        return changed, unasked, failed

    def test_rule_survives_odd_data(self, rule: Rule, tmp_path: Path) -> None:
        """Data are hostile: no rows, missing values, texts for numbers must not make a rule fail."""
        made = odd_release(tmp_path / "release", rule)
        _refuse(f"rule {rule.code} fails with odd data:", made.failures(self.stage().trial, rule))

    def test_rule_survives_odd_names(self, name_rule: Rule) -> None:
        """No legal name makes a rule about names fail."""
        ask_about_odd_names(name_rule)

    def test_rule_says_of_many_what_it_says_of_each(self, rule: Rule, tmp_path: Path) -> None:
        """A session is judged alike whatever other sessions there are; rules about releases excepted."""
        made = odd_release(tmp_path / "release", rule, FEW)
        trial = self.stage().trial
        faults: list[str] = []
        if rule.target is not Target.RELEASE and made.sessions:
            together = trial.check(made.root)
            for session in made.sessions:
                alone = trial.check(made.root, session)
                faults += differences(rule, alone, together, made.named, within=session)
        _refuse(
            f"rule {rule.code}: of a session among others it says something else than of it alone:", faults
        )

    def test_contract_is_sound(self, contract: Contract) -> None:
        """A contract has no mistakes, contradicts no other one, and says what it promises."""
        faults = [f"  {fault}" for fault in contract_faults(contract)]
        _refuse(f"contract {contract.label}:", [*faults, *contract_tests.lint_faults(contract, self.stage())])

    def test_contract_accepts_its_example(self, contract: Contract, tmp_path: Path) -> None:
        """Data are drawn that keep the contract, and the whole program accepts them."""
        faults = contract_tests.example_faults(contract, self.stage(), tmp_path)
        _refuse(f"contract {contract.label}: data that keep it are refused:", faults)

    def test_reader_is_documented(self, reader: Reader) -> None:
        """A reader says what it reads."""
        _refuse(f"reader {reader.name}:", [f"  {fault}" for fault in reader_faults(reader)])

    def test_reader_survives_odd_bytes(self, reader: Reader, tmp_path: Path) -> None:
        """A reader gives content or raises `BadContent`, whatever the bytes of a file are."""
        faults = reader_tests.faults(reader, self.stage(), self.samples, tmp_path / "release")
        _refuse(f"reader {reader.name} fails:", faults)


def _refuse(what: str, faults: Sequence[str]) -> None:
    if faults:
        more = [f"  and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
        raise AssertionError("\n".join([what, *faults[:SHOWN], *more]))


def _stage(suite: type[RuleSuite]) -> Stage:
    """Load the plugin of a suite while pytest collects; a failure is told without a traceback."""
    import pytest

    if not suite.plugin:
        raise pytest.Collector.CollectError(
            f'{suite.__name__}: say which plugin is tested, like plugin = "alfcheck_mylab"'
        )
    try:
        return suite.stage()
    except (AlfcheckError, LookupError) as error:
        raise pytest.Collector.CollectError(f"{suite.__name__}: {error}") from error


def _nothing(kind: str, stage: Stage) -> Any:
    """Stand for what a plugin does not offer; `alfcheck.testing.plugin` leaves such tests out."""
    import pytest

    said = f"{stage.info.told} offers no {kind.replace('_', ' ')}"
    marks = [pytest.mark.alfcheck_nothing_offered, pytest.mark.skip(reason=said)]
    return pytest.param(None, marks=marks, id="none")
