"""The cells of `matrix.py`, about people's roles, as questions to the templates' policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.permissions import matrix
from tests.permissions.account import HERE, NUMBER, REGION
from tests.permissions.cells import Cell
from tests.permissions.decisions import USER_ID, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.permissions.account import Account

ELSEWHERE = "arn:aws:s3:::elsewhere"
PATHS = {
    "lake": "MercadoLake/Bucket",
    "key": "MercadoLake/Key",
    "otherkey": "MercadoOperations/Key",
    "machine": "MercadoPipeline/Promotion/Machine",
    "warehouse": "MercadoWarehouse/Workgroup",
    "shop": "MercadoShop/Table",
    **{f"workgroup/{role}": f"MercadoPeople/{role.title()}Workgroup" for role in matrix.ROLES},
}
OTHERS = {
    "*": "*",
    "elsewhere": ELSEWHERE,
    "parameter": f"arn:aws:ssm:{HERE}:parameter/any",
    "catalog": f"arn:aws:glue:{HERE}:catalog",
    "otherexecution": f"arn:aws:states:{HERE}:execution:other:run",
    "otherwarehouse": f"arn:aws:redshift-serverless:{HERE}:workgroup/other",
    "othermachine": f"arn:aws:states:{HERE}:stateMachine:other",
}
KINDS = {
    "database": f"arn:aws:glue:{HERE}:database/",
    "table": f"arn:aws:glue:{HERE}:table/",
    "workgroup": f"arn:aws:athena:{HERE}:workgroup/",
    "function": f"arn:aws:lambda:{HERE}:function:",
    "role": f"arn:aws:iam::{NUMBER}:role/",
}


def people(account: Account) -> dict[str, list[Cell]]:
    """By the role's name in the templates; a copy is its two halves, where both are allowed."""
    symbols = Symbols(account)
    found: dict[str, list[Cell]] = {role.title(): [] for role in matrix.ROLES}
    for each in [*matrix.cells(), *_halves(), *_beyond()]:
        keys = {name: symbols.filled(value) for name, value in each.context.items()}
        question = Question(each.action, symbols.arn(each.resource), tuple(keys.items()))
        who = each.role.title()
        told = str(each) + (f" ({each.trick})" if each.trick else "")
        found[who].append(Cell(who, each.resource, told, question, each.allowed))
    return found


def _halves() -> Iterator[matrix.Cell]:
    for copy in matrix.COPIES:
        if copy.allowed:
            yield matrix.Cell(copy.role, "s3:GetObject", f"lake/{copy.source}", allowed=True)
            yield matrix.Cell(copy.role, "s3:PutObject", f"lake/{copy.target}", allowed=True)


def _beyond() -> Iterator[matrix.Cell]:
    """What a policy that is wider than it need be would allow: the matrix has the rest."""
    for role in matrix.ROLES:
        listing = {"s3:prefix": "gold/"}
        yield matrix.Cell(role, "s3:ListBucket", "elsewhere", allowed=False, context=listing)
        yield matrix.Cell(role, "s3:GetBucketLocation", "elsewhere", allowed=False)
        for action in ("kms:Encrypt", "kms:GenerateDataKeyWithoutPlaintext"):
            yield matrix.Cell(role, action, "key", allowed=False, context=matrix.VIA_S3)
        for action in matrix.KEY_USES:
            yield matrix.Cell(role, action, "otherkey", allowed=False, context=matrix.VIA_S3)
        yield matrix.Cell(role, "states:DescribeStateMachineForExecution", "execution", False)
        for action in matrix.ENGINEERS_RUNS["execution"]:
            yield matrix.Cell(role, action, "otherexecution", allowed=False)
    for action, context, allowed in matrix.UNDER_KEYS:
        yield matrix.Cell("engineer", action, "lake/raw/shop/a.csv", allowed, "", context)


class Symbols:
    """What the matrix's symbols stand for in an account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.known = {name: account.arn(path) for name, path in PATHS.items()} | OTHERS
        executions = self.known["machine"].replace(":stateMachine:", ":execution:")
        self.known["execution"] = f"{executions}:run"

    def arn(self, symbol: str) -> str:
        """Raises KeyError for a symbol that means nothing."""
        if symbol in self.known:
            return self.known[symbol]
        kind, _, rest = symbol.partition("/")
        if kind in ("lake", "elsewhere"):
            return f"{self.known[kind]}/{rest}"
        return KINDS[kind] + self._in_gold(rest)

    def _in_gold(self, rest: str) -> str:
        """`gold` is what the settings call the lake's own database."""
        database = self.account.ref("MercadoLake/Gold")
        return (
            database + rest.removeprefix("gold")
            if rest.split("/", maxsplit=1)[0] == "gold"
            else rest
        )

    def filled(self, value: str) -> str:
        lake, key = self.known["lake"], self.known["key"]
        return value.format(region=REGION, lake=lake, key=key, userid=USER_ID)
