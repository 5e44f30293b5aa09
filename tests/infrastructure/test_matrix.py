"""Who may do what, decided by an independent engine over the templates' own policies.

The tables in tests/permissions say it; every question that they do not answer is a denial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.permissions.account import Account
from tests.permissions.callers import becoming
from tests.permissions.decisions import may_assume, short
from tests.permissions.expected import FUNCTIONS, SERVICES, Matrix, table

if TYPE_CHECKING:
    from stacks.policy.deployment import Template

LAMBDA = {"lambda"}
PEOPLE = {"Administrator", "user with a second factor"}
TRUSTED = {
    "Machine": {"states for our machine"},
    "PullMachine": {"states for our machine"},
    "Schedules": {"scheduler"},
    "BackfillMachine": {"states for our machine"},
    "Copy": {"redshift", "redshift-serverless"},
    "Flows": {"vpc-flow-logs"},
    "Receiver": {"ses for our rule"},
    "Engineer": PEOPLE,
    "Scientist": PEOPLE,
    "Analyst": PEOPLE,
}
"""Who may assume which role; all others are functions'."""


@pytest.fixture(scope="session")
def matrix(templates: dict[str, Template]) -> Matrix:
    return Matrix(Account(templates))


@pytest.mark.parametrize("who", [*table(FUNCTIONS), *table(SERVICES)])
def test_may_do_what_the_table_says_and_nothing_else(matrix: Matrix, who: str) -> None:
    assert not [str(cell) for cell in matrix.wrong(who)]


def test_people_may_what_their_matrix_says(matrix: Matrix) -> None:
    assert not [str(cell) for who in matrix.people for cell in matrix.wrong(who)]


def test_whoever_is_in_no_table_may_do_nothing(matrix: Matrix) -> None:
    others = set(matrix.callers) - set(table(FUNCTIONS)) - set(table(SERVICES)) - set(matrix.people)
    assert not [str(cell) for who in others for cell in matrix.wrong(who)]


def test_every_role_of_the_templates_stands_in_the_table(matrix: Matrix) -> None:
    found = {short(path) for path in matrix.account.roles}
    assert found == {*table(FUNCTIONS), *matrix.people}


def test_each_role_is_assumed_by_its_own_service_only(matrix: Matrix) -> None:
    askers = becoming(matrix.account)
    for path, role in matrix.account.roles.items():
        found = {name for name, each in askers.items() if may_assume(each, role)}
        assert found == TRUSTED.get(short(path), LAMBDA), path
