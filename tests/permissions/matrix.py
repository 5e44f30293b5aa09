"""What people's roles may do, cell by cell, written out by hand: nothing here follows from stacks/.

Resources are symbols, which whoever asks turns into ARNs of the deployment at hand:

    lake, lake/<key>            the lake's bucket, an object in it
    elsewhere, elsewhere/<key>  any other bucket of the account, an object in it
    key                         the lake's KMS key
    catalog, database/<name>, table/<database>/<name>    Glue's; "gold" is the lake's own database
    workgroup/<role>            that role's Athena workgroup; "primary" is the account's
    machine, execution          the promotion, and an execution of it; othermachine is any other
    warehouse, otherwarehouse   the Redshift workgroup, and any other of the account
    shop                        the operational table
    function/<name>, role/<name>, parameter    of the account, none of anybody's business

In the values of a context, `{region}` and `{lake}` (the bucket's ARN) stand for the deployment's,
`{userid}` for the caller's aws:userid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENGINEER, SCIENTIST, ANALYST = "engineer", "scientist", "analyst"
ROLES = (ENGINEER, SCIENTIST, ANALYST)


@dataclass(frozen=True)
class Cell:
    """One question to IAM, and the only right answer.

    `context` holds the condition keys that the request carries beyond the usual ones (a request
    comes by TLS). `trick` says what somebody might hope for; empty for an honest request.
    """

    role: str
    action: str
    resource: str
    allowed: bool
    trick: str = ""
    context: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        with_context = "".join(f" {name}={value!r}" for name, value in self.context.items())
        verb = "may" if self.allowed else "may not"
        return f"{self.role} {verb} {self.action} {self.resource}{with_context}"


@dataclass(frozen=True)
class Copy:
    """One CopyObject: it takes reading the source and writing the target."""

    role: str
    source: str
    target: str
    allowed: bool


ZONES = """
zone                                             engineer  scientist  analyst
raw/sales/dt=2026-03-17/a.ndjson.gz              read,add  -          -
cleaned/sales/dt=2026-03-17/a.parquet            all       read       -
work/delta/run-1/sales/bucket-0.parquet          read      read       -
work/state/sales/month=2010-01/bucket-0.parquet  read      read       -
work/replay/1/gold/sales/part-0.parquet          read      read       -
work/elsewhere.parquet                           read      read       -
work/sandbox/ada/model.bin                       all       all        -
gold/sales/month=2010-01/part-0.parquet          read      read       read
quarantine/sales/dt=2026-03-17/a.ndjson.gz       all       -          -
runs/run-1/record.json                           all       -          -
erasures/1.json                                  -         -          -
imports/7/price-list.csv                         -         -          -
athena/engineer/q.csv                            all       -          -
athena/scientist/q.csv                           -         all        -
athena/analyst/q.csv                             -         -          all
athena/q.csv                                     -         -          -
athena/analystx/q.csv                            -         -          -
goldx/sales.parquet                              -         -          -
rawx/a.ndjson.gz                                 -         -          -
work/sandboxed/model.bin                         read      read       -
work/sandbox                                     read      read       -
gold                                             -         -          -
Gold/sales.parquet                               -         -          -
elsewhere.bin                                    -         -          -
"""
READ = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectTagging",
    "s3:GetObjectVersionTagging",
)
ADD = (
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:PutObjectVersionTagging",
    "s3:DeleteObjectTagging",
    "s3:DeleteObjectVersionTagging",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
)
REMOVE = ("s3:DeleteObject",)
NEVER = (
    "s3:DeleteObjectVersion",
    "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
    "s3:PutObjectRetention",
    "s3:BypassGovernanceRetention",
    "s3:RestoreObject",
)
"""People delete no versions: what a delete hides goes by the lifecycle, or by an erasure."""
MEANS = {"-": (), "read": READ, "read,add": (*READ, *ADD), "all": (*READ, *ADD, *REMOVE)}

LISTED = """
prefix            engineer  scientist  analyst
raw/              yes       -          -
raw/sales/        yes       -          -
cleaned/          yes       yes        -
work/             yes       yes        -
work/state/       yes       yes        -
work/sandbox/     yes       yes        -
gold/             yes       yes        yes
gold/sales/       yes       yes        yes
quarantine/       yes       -          -
runs/             yes       -          -
erasures/         -         -          -
athena/           -         -          -
athena/engineer/  yes       -          -
athena/scientist/ -         yes        -
athena/analyst/   -         -          yes
athena/analyst    -         -          -
athena/analystx/  -         -          -
raw               -         -          -
gold              -         -          -
goldx/            -         -          -
g                 -         -          -
/gold/            -         -          -
Gold/             -         -          -
"""

ANYONES = {
    "s3:GetBucketLocation": ("lake",),
    "glue:GetDatabase": ("catalog", "database/gold"),
    "glue:GetTable": ("catalog", "database/gold", "table/gold/sales"),
    "glue:GetTables": ("catalog", "database/gold", "table/gold/sales"),
    "glue:GetPartition": ("catalog", "database/gold", "table/gold/sales"),
    "glue:GetPartitions": ("catalog", "database/gold", "table/gold/sales"),
    "glue:BatchGetPartition": ("catalog", "database/gold", "table/gold/sales"),
    "athena:ListWorkGroups": ("*",),
}
NOBODYS = {
    "s3:ListAllMyBuckets": ("*",),
    "s3:GetBucketPolicy": ("lake",),
    "s3:PutBucketPolicy": ("lake",),
    "s3:DeleteBucketPolicy": ("lake",),
    "s3:PutLifecycleConfiguration": ("lake",),
    "s3:PutBucketVersioning": ("lake",),
    "s3:DeleteBucket": ("lake",),
    "s3:GetObject": ("elsewhere/gold/sales/part-0.parquet", "elsewhere/raw/a.gz"),
    "s3:PutObject": ("elsewhere/gold/sales/part-0.parquet", "elsewhere/work/sandbox/a"),
    "s3:ListBucket": ("elsewhere",),
    "glue:GetTable": ("database/other", "table/other/sales"),
    "glue:GetTables": ("database/other",),
    "glue:CreateTable": ("catalog", "database/gold", "table/gold/mine"),
    "glue:UpdateTable": ("database/gold", "table/gold/sales"),
    "glue:DeleteTable": ("database/gold", "table/gold/sales"),
    "glue:CreateDatabase": ("catalog", "database/mine"),
    "athena:StartQueryExecution": ("workgroup/primary",),
    "athena:CreateWorkGroup": ("workgroup/mine",),
    "athena:UpdateWorkGroup": tuple(f"workgroup/{role}" for role in ROLES),
    "athena:DeleteWorkGroup": tuple(f"workgroup/{role}" for role in ROLES),
    "states:StartExecution": ("othermachine",),
    "states:UpdateStateMachine": ("machine",),
    "states:DeleteStateMachine": ("machine",),
    "kms:ScheduleKeyDeletion": ("key",),
    "kms:PutKeyPolicy": ("key",),
    "kms:CreateGrant": ("key",),
    "kms:Encrypt": ("key",),
    "kms:ReEncryptFrom": ("key",),
    "iam:CreateRole": ("role/mine",),
    "iam:PassRole": ("role/mine",),
    "iam:AttachRolePolicy": ("role/mine",),
    "iam:PutRolePolicy": ("role/mine",),
    "sts:AssumeRole": ("role/mine",),
    "lambda:InvokeFunction": ("function/Erase", "function/Publish"),
    "lambda:UpdateFunctionCode": ("function/Publish",),
    "dynamodb:GetItem": ("shop",),
    "ssm:GetParameter": ("parameter",),
    "redshift-data:ListStatements": ("*",),
    "redshift-data:ExecuteStatement": ("otherwarehouse",),
    "redshift-data:BatchExecuteStatement": ("otherwarehouse",),
    "redshift-serverless:GetCredentials": ("otherwarehouse",),
    "redshift-serverless:UpdateWorkgroup": ("warehouse",),
    "redshift-serverless:DeleteWorkgroup": ("warehouse",),
    "redshift-data:GetStagingBucketLocation": ("warehouse",),
}
OWN_WORKGROUP = (
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
    "athena:GetQueryExecution",
    "athena:BatchGetQueryExecution",
    "athena:ListQueryExecutions",
    "athena:GetQueryResults",
    "athena:GetWorkGroup",
)
ENGINEERS_RUNS = {
    "machine": (
        "states:StartExecution",
        "states:ListExecutions",
        "states:DescribeStateMachine",
    ),
    "execution": (
        "states:DescribeExecution",
        "states:GetExecutionHistory",
        "states:StopExecution",
        "states:RedriveExecution",
        "states:ListMapRuns",
    ),
}
VIA_S3 = {
    "kms:ViaService": "s3.{region}.amazonaws.com",
    "kms:EncryptionContext:aws:s3:arn": "{lake}",
}
GIVEN = "s3:x-amz-server-side-encryption-aws-kms-key-id"
BROUGHT = "s3:x-amz-server-side-encryption-customer-algorithm"
UNDER_KEYS = (
    ("s3:PutObject", {GIVEN: "{key}"}, True),
    ("s3:PutObject", {GIVEN: "{key}-of-a-shop"}, False),
    ("s3:PutObject", {BROUGHT: "AES256"}, False),
    ("s3:GetObject", {GIVEN: "{key}-of-a-shop"}, True),
    ("s3:GetObject", {BROUGHT: "AES256"}, True),
)
"""What requests say of encryption: only an upload can do harm by it, and need not say anything."""
KEY_USES = ("kms:Decrypt", "kms:GenerateDataKey")
KEY_TRICKS: dict[str, Mapping[str, str]] = {
    "without S3 between": {},
    "through another service": {**VIA_S3, "kms:ViaService": "lambda.{region}.amazonaws.com"},
    "for another bucket": {**VIA_S3, "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::elsewhere"},
    "without a context": {"kms:ViaService": "s3.{region}.amazonaws.com"},
}
WAREHOUSE = (
    "redshift-data:ExecuteStatement",
    "redshift-data:BatchExecuteStatement",
    "redshift-serverless:GetCredentials",
)
OWN_STATEMENTS = (
    "redshift-data:DescribeStatement",
    "redshift-data:GetStatementResult",
    "redshift-data:CancelStatement",
)
OWNER = "redshift-data:statement-owner-iam-userid"
SAME_KEY = "S3 keys are literal: this names an object of gold/ that nobody wrote, nothing of raw/"

COPIES = (
    Copy(ENGINEER, "raw/sales/a.gz", "work/sandbox/a.gz", allowed=True),
    Copy(SCIENTIST, "cleaned/sales/a.parquet", "work/sandbox/a.parquet", allowed=True),
    Copy(SCIENTIST, "raw/sales/a.gz", "work/sandbox/a.gz", allowed=False),
    Copy(SCIENTIST, "quarantine/sales/a.gz", "work/sandbox/a.gz", allowed=False),
    Copy(SCIENTIST, "work/sandbox/a", "gold/sales/part-0.parquet", allowed=False),
    Copy(ENGINEER, "work/sandbox/a", "gold/sales/part-0.parquet", allowed=False),
    Copy(ENGINEER, "athena/analyst/q.csv", "work/sandbox/q.csv", allowed=False),
    Copy(ANALYST, "gold/sales/part-0.parquet", "athena/analyst/gold.parquet", allowed=True),
    Copy(ANALYST, "raw/sales/a.gz", "athena/analyst/a.gz", allowed=False),
    Copy(ANALYST, "work/state/sales/a", "athena/analyst/a", allowed=False),
    Copy(ANALYST, "gold/sales/part-0.parquet", "work/sandbox/gold.parquet", allowed=False),
)


def cells() -> Iterator[Cell]:
    """Every cell; the copies are apart."""
    yield from _objects()
    yield from _listings()
    yield from _services()
    yield from _warehouse()
    yield from _key()
    for role in ROLES:
        for inside in ("gold/../raw/sales/a.gz", "gold//../raw/a.gz", "gold/%2e%2e/raw/a.gz"):
            yield Cell(role, "s3:GetObject", f"lake/{inside}", allowed=True, trick=SAME_KEY)
        yield Cell(role, "s3:GetObject", "lake//gold/a", allowed=False, trick="a slash first")
        yield Cell(role, "s3:GetObject", "lake/./gold/a", allowed=False, trick="a dot first")


def _objects() -> Iterator[Cell]:
    for key, role, what in _grid(ZONES):
        for action in (*READ, *ADD, *REMOVE, *NEVER):
            yield Cell(role, action, f"lake/{key}", allowed=action in MEANS[what])


def _listings() -> Iterator[Cell]:
    for prefix, role, may in _grid(LISTED):
        for action in ("s3:ListBucket", "s3:ListBucketVersions"):
            yield Cell(role, action, "lake", may == "yes", context={"s3:prefix": prefix})
    for role in ROLES:
        for action in ("s3:ListBucket", "s3:ListBucketVersions"):
            yield Cell(role, action, "lake", allowed=False, trick="no prefix named")
            yield Cell(
                role, action, "lake", False, trick="an empty prefix", context={"s3:prefix": ""}
            )
        yield Cell(role, "s3:ListBucketMultipartUploads", "lake", allowed=False)


def _services() -> Iterator[Cell]:
    for role in ROLES:
        for actions, allowed in ((ANYONES, True), (NOBODYS, False)):
            for action, resources in actions.items():
                yield from (Cell(role, action, resource, allowed) for resource in resources)
        for resource, states in ENGINEERS_RUNS.items():
            yield from (Cell(role, action, resource, role == ENGINEER) for action in states)
        for action in OWN_WORKGROUP:
            yield from (Cell(role, action, f"workgroup/{each}", each == role) for each in ROLES)


def _warehouse() -> Iterator[Cell]:
    """Whoever may connect; what they may see there, grants in the warehouse say."""
    for role in ROLES:
        yield from (Cell(role, action, "warehouse", allowed=True) for action in WAREHOUSE)
        for action in OWN_STATEMENTS:
            yield Cell(role, action, "*", allowed=True, context={OWNER: "{userid}"})
            yield Cell(
                role, action, "*", False, "another's statement", context={OWNER: "AROAX:another"}
            )


def _key() -> Iterator[Cell]:
    for role in ROLES:
        for action in KEY_USES:
            yield Cell(role, action, "key", allowed=True, context=VIA_S3)
            for trick, context in KEY_TRICKS.items():
                yield Cell(role, action, "key", allowed=False, trick=trick, context=context)


def _grid(text: str) -> Iterator[tuple[str, str, str]]:
    """(row, role, word) of each cell of a table of words."""
    head, *rows = (line.split() for line in text.strip().splitlines())
    for row, *words in rows:
        for role, word in zip(head[1:], words, strict=True):
            yield row, role, word
