"""Written cases are the specification: one YAML case, one exact result."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from eligibility import Law, assess_case

HERE = Path(__file__).parent
FOLDERS = ("golden", "edges")


def written() -> Iterator[Any]:
    """Give every case of every folder, named by its sentence."""
    for folder in FOLDERS:
        for path in sorted((HERE / folder).rglob("*.yaml")):
            for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]:
                name = f"{path.relative_to(HERE).with_suffix('')}: {case.get('id', '')} {case['name']}"
                yield pytest.param(case["given"], case["then"], id=name)


@pytest.mark.parametrize(("given", "then"), list(written()))
def test_a_written_case_gives_exactly_its_result(law: Law, given: dict[str, Any], then: dict[str, Any]) -> None:
    result = assess_case(given, law)

    assert {key: result[key] for key in then} == then
