"""What a suite asks of contracts; lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from alfcheck.contracts.model import Contract
from alfcheck.errors import ContractError
from alfcheck.model import Severity
from alfcheck.testing.findings import told
from alfcheck.testing.stage import Stage

__all__ = ["example_faults", "lint_faults"]


def lint_faults(contract: Contract, stage: Stage) -> Iterator[str]:
    """Say what ``alfcheck contracts lint`` says of a file; a contract in Python is compiled."""
    from alfcheck.contracts.language import lint_files

    if contract.file:
        others = (stage.others.load(each) for each in stage.others.contracts if each.id != contract.id)
        specs = [each.spec for each in others if each.spec is not None]
        yield from (f"  {mistake}" for mistake in lint_files([contract.file], specs))
        return
    try:
        stage.others.schemas.get(contract)
    except Exception as error:
        yield f"  its schema cannot be built: {type(error).__name__}: {error}"


def example_faults(contract: Contract, stage: Stage, folder: Path) -> list[str]:
    """Draw data that keep a contract, as files and as a table, and say what is found in them."""
    from alfcheck.contracts.sampling import sample, write_example

    forms = {"files": False}
    try:
        if contract.terms and sample(contract, others=stage.others).table is not None:
            forms["table"] = True
        for name, table in forms.items():
            write_example(contract, folder / name, others=stage.others, table=table)
    except ContractError as error:
        return [f"  no example of it can be made: {error}"]
    except Exception as error:  # of a check that is written in Python
        return [f"  no example of it can be made: {type(error).__name__}: {error}"]
    trial = stage.trial if contract.session is None else stage.trial.requiring(contract.label)
    return [
        f"  {told(each)}"
        for name in forms
        for each in trial.check(folder / name).findings
        if each.severity in (Severity.ERROR, Severity.UNVERIFIED)
    ]
