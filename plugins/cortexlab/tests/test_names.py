"""Naming rules: silent for every name that is known to be in use, in this lab or elsewhere."""

from __future__ import annotations

from alfcheck import ContractFile, Dataset
from alfcheck.contracts.globs import is_glob
from alfcheck.plugins import Request, load_ruleset
from alone import OTHERS
from hypothesis import given
from hypothesis import strategies as st

from alfcheck_cortexlab.names import BEFORE, RELEASED
from alfcheck_cortexlab.rules.naming import misspelt_attribute, misspelt_object, name_before_release

RULES = (misspelt_object, misspelt_attribute, name_before_release)


def dataset(object_: str, attribute: str, namespace: str = "") -> Dataset:
    return Dataset("alf", "", namespace, object_, attribute, "", "", "npy")


def codes(found: Dataset) -> set[str]:
    return {
        rule.code
        for rule in RULES
        if rule.check is not None and list(rule.check(found, f"alf/{found.object}.{found.attribute}.npy"))
    }


def test_names_of_alfchecks_own_catalogue_are_no_misspelt_ones() -> None:
    """Another lab's `channels.probes` or `trials.choice` is nobody's mistake."""
    given = load_ruleset(Request(disabled=("cortexlab", *OTHERS))).contracts
    contracts = [each.load() if isinstance(each, ContractFile) else each for each in given]
    known = {
        (contract.match.object, attribute.partition(".")[0])
        for contract in contracts
        if contract.match.object and not is_glob(contract.match.object)
        for attribute in contract.terms
        if not is_glob(attribute) and not attribute.endswith(("_0", "_1"))
    }
    assert len(known) > 200
    wrong = {name: codes(dataset(*name)) for name in known}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_names_of_the_release_are_right() -> None:
    for name, columns in RELEASED.items():
        assert all(codes(dataset(name, column)) == set() for column in columns)


def test_names_before_it_are_known_by_their_new_ones() -> None:
    released = {f"{name}.{column}" for name, columns in RELEASED.items() for column in columns}
    assert set(BEFORE.values()) <= released
    for old in BEFORE:
        assert codes(dataset(*old.split("."))) == {"CTX103"}


@given(st.sampled_from(sorted(RELEASED)), st.data())
def test_a_name_with_one_wrong_capital_is_told(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    wrong = name[:place] + name[place].swapcase() + name[place + 1 :]
    if wrong[:-1] + wrong[-1].lower() == name:  # a plural alone
        return
    assert "CTX101" in codes(dataset(wrong, "times"))
    assert codes(dataset(wrong, "times", namespace="ibl")) == set()
