"""Every statement of every policy matters, and matters as narrowly as it is written.

Each is taken away and widened, bit by bit; a cell of the tables must notice, or a reason stand
here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.permissions.account import Account
from tests.permissions.callers import becoming, roles
from tests.permissions.expected import Matrix
from tests.permissions.mutation import mutants, noticed, noticed_by, noticed_by_anyone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacks.policy.deployment import Template
    from tests.permissions.mutation import Mutant

UNNOTICED = {
    r"(Dispatch|Sweep|Operate|Backfill)Role/DefaultPolicy: Allow s3:ListBucketVersions: any": (
        "only it and ListBucket, allowed to them anyway, carry s3:prefix: for others it never holds"
    ),
    r"Warehouse/(Load|Queries): Allow redshift-data:CancelStatement .*: any action": (
        "only actions on a statement carry the statement's owner: for others it never holds"
    ),
    r"CaptureRole/DefaultPolicy: Allow dynamodb:DescribeStream .*: any action": (
        "there are no other actions on a stream"
    ),
    r"MercadoPeople/\w+/DefaultPolicy: Allow s3:ListBucket s3:ListBucketVersions: any action": (
        "only these two carry s3:prefix: for others the condition never holds"
    ),
}
"""Changes that nobody could notice, with the reason."""
OF_TRUST = {
    r"MercadoPeople/\w+/Trust: Allow sts:AssumeRole: without condition StringEquals .*Type": (
        "sessions of roles may without a second factor, and no others but users' can have one"
    ),
}
"""The same of changes to who may assume a role."""


@pytest.fixture(scope="session")
def matrix(templates: dict[str, Template]) -> Matrix:
    return Matrix(Account(templates))


def judged(unnoticed: Iterable[Mutant], reasons: Iterable[str]) -> tuple[list[str], set[str]]:
    """Changes without a reason, and the reasons that are of no use."""
    found = [str(each) for each in unnoticed]
    used = {pattern for pattern in reasons for each in found if re.search(pattern, each)}
    missing = [each for each in found if not any(re.search(pattern, each) for pattern in used)]
    return missing, set(reasons) - used


def test_a_change_to_any_statement_of_a_role_is_noticed_and_every_exception_stands(
    matrix: Matrix,
) -> None:
    changes = {
        str(mutant): (who, mutant)
        for who in roles(matrix.account)
        for statement in matrix.callers[who].attached
        for mutant in mutants(statement)
    }
    unnoticed = (mutant for who, mutant in changes.values() if noticed(matrix, who, mutant) is None)
    assert judged(unnoticed, UNNOTICED) == ([], set())


def test_a_change_to_any_statement_of_a_resource_is_noticed(matrix: Matrix) -> None:
    assert not [
        str(mutant)
        for statement in matrix.account.of_resources
        for mutant in mutants(statement)
        if noticed_by_anyone(matrix, mutant) is None
    ]


def test_a_change_to_any_statement_about_who_may_assume_a_role_is_noticed(matrix: Matrix) -> None:
    askers = becoming(matrix.account)
    unnoticed = (
        mutant
        for role in matrix.account.roles.values()
        for statement in role.trust
        for mutant in mutants(statement)
        if noticed_by(mutant, role, askers) is None
    )
    assert judged(unnoticed, OF_TRUST) == ([], set())
