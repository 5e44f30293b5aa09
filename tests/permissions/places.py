"""Every place that a policy could speak of, by a readable name, and what one could do there.

Beside what the deployment has stand places that nobody may reach: a prefix whose name only begins
like a zone's, another bucket, another machine, no prefix at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.permissions.account import HERE
from tests.permissions.decisions import USER_ID, Question, short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.permissions.account import Account

ZONES = (
    "imports/", "ingest/", "ingest/fischmarkt/", "raw/", "raw/fischmarkt-articles/",
    "raw/shop/attached/", "raw/kaufhaus-nord-mail/",
    "raw/fischmarkt-articles/fischmarkt/articles/",
    "raw/fischmarkt-customers/fischmarkt/customers/",
    "raw/fischmarkt-receipts/fischmarkt/receipts/",
    "cleaned/", "quarantine/", "quarantine/imports/", "work/", "work/delta/",
    "work/state/", "work/replay/", "work/sandbox/", "gold/", "runs/", "erasures/", "athena/",
    "", "importsx/", "rawx/", "work/deltax/", "goldx/", "runsx/", "gold", "runs/1/load/",
)  # fmt: skip
LISTED = (
    "",
    "ingest/",
    "ingest/fischmarkt/",
    "raw/",
    "raw/fischmarkt-articles/fischmarkt/articles/",
    "raw/fischmarkt-customers/fischmarkt/customers/",
    "raw/fischmarkt-receipts/fischmarkt/receipts/",
    "raw",
    "rawx/",
    "gold/",
    "runs/",
    "runs/1/load/",
    "work/delta/",
    "work/state/",
)
SESSION = (("redshift-data:statement-owner-iam-userid", USER_ID),)
STRANGER = (("redshift-data:statement-owner-iam-userid", "AROASOMEBODY:else"),)

ACTIONS = {
    "s3 object": (
        "GetObject GetObjectVersion PutObject DeleteObject DeleteObjectVersion GetObjectTagging "
        "PutObjectTagging PutObjectAcl PutObjectRetention BypassGovernanceRetention "
        "AbortMultipartUpload ListMultipartUploadParts RestoreObject"
    ),
    "s3 bucket": (
        "ListBucket ListBucketVersions ListBucketMultipartUploads GetBucketLocation "
        "GetBucketPolicy PutBucketPolicy DeleteBucketPolicy PutLifecycleConfiguration "
        "PutBucketVersioning PutEncryptionConfiguration DeleteBucket"
    ),
    "s3 listing": "ListBucket ListBucketVersions",
    "kms": (
        "Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom "
        "DescribeKey CreateGrant PutKeyPolicy ScheduleKeyDeletion DisableKey"
    ),
    "dynamodb": (
        "GetItem BatchGetItem Query Scan PutItem UpdateItem DeleteItem BatchWriteItem "
        "ConditionCheckItem DescribeTable UpdateTable DeleteTable PartiQLSelect "
        "ExportTableToPointInTime"
    ),
    "dynamodb stream": "DescribeStream GetRecords GetShardIterator",
    "dynamodb streams": "ListStreams",
    "sqs": (
        "SendMessage ReceiveMessage DeleteMessage ChangeMessageVisibility GetQueueAttributes "
        "GetQueueUrl PurgeQueue SetQueueAttributes DeleteQueue"
    ),
    "sns": "Publish Subscribe SetTopicAttributes",
    "lambda": "InvokeFunction UpdateFunctionCode UpdateFunctionConfiguration AddPermission",
    "states machine": (
        "StartExecution ListExecutions DescribeStateMachine UpdateStateMachine DeleteStateMachine"
    ),
    "states execution": (
        "DescribeExecution StopExecution RedriveExecution GetExecutionHistory ListMapRuns"
    ),
    "states map run": "ListExecutions DescribeMapRun UpdateMapRun",
    "logs": (
        "CreateLogStream PutLogEvents CreateLogGroup DescribeLogStreams GetLogEvents "
        "FilterLogEvents DeleteLogGroup"
    ),
    "logs delivery": (
        "CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries "
        "PutResourcePolicy DescribeResourcePolicies DescribeLogGroups DeleteResourcePolicy"
    ),
    "xray": (
        "PutTraceSegments PutTelemetryRecords GetSamplingRules GetSamplingTargets "
        "GetTraceSummaries UpdateSamplingRule"
    ),
    "cloudwatch": "GetMetricData PutMetricData PutMetricAlarm DeleteAlarms DisableAlarmActions",
    "redshift-data": "BatchExecuteStatement ExecuteStatement ListDatabases",
    "redshift-data statement": (
        "DescribeStatement GetStatementResult CancelStatement ListStatements"
    ),
    "redshift-serverless": "GetCredentials UpdateWorkgroup DeleteWorkgroup",
    "glue": "GetTable UpdateTable DeleteTable BatchCreatePartition",
    "athena": "StartQueryExecution GetQueryResults UpdateWorkGroup",
    "events": "PutRule PutTargets DisableRule",
    "secretsmanager": (
        "GetSecretValue BatchGetSecretValue PutSecretValue DeleteSecret GetResourcePolicy"
    ),
    "iam": "PassRole PutRolePolicy AttachRolePolicy UpdateAssumeRolePolicy CreateRole",
    "sts": "AssumeRole",
}


@dataclass(frozen=True)
class Place:
    """`name` as the tables write it; `kind` a key of ACTIONS, whose first word is the service."""

    name: str
    kind: str
    arn: str
    keys: tuple[tuple[str, str], ...] = ()

    @property
    def service(self) -> str:
        return self.kind.split()[0]

    def questions(self) -> Iterator[tuple[str, Question]]:
        """All that one could do here, by the action's name without the service."""
        for action in ACTIONS[self.kind].split():
            yield action, Question(f"{self.service}:{action}", self.arn, self.keys)


def places(account: Account) -> list[Place]:
    return [
        *_buckets(account),
        *_machine(account),
        *_named(account, "AWS::KMS::Key", "kms"),
        *_tables(account),
        *_named(account, "AWS::SQS::Queue", "sqs"),
        *_named(account, "AWS::SNS::Topic", "sns"),
        *_functions(account),
        *_logs(account),
        *_named(account, "AWS::Glue::Database", "glue"),
        *_named(account, "AWS::Athena::WorkGroup", "athena"),
        *_named(account, "AWS::Events::Rule", "events"),
        *_named(account, "AWS::IAM::Role", "iam"),
        *_named(account, "AWS::IAM::Role", "sts"),
        *_warehouse(account),
        *_secrets(),
        Place("traces", "xray", "*"),
        Place("metrics", "cloudwatch", "*"),
        Place("deliveries of logs", "logs delivery", "*"),
        Place("all streams", "dynamodb streams", "*"),
    ]


def _named(account: Account, cloudformation: str, kind: str) -> Iterator[Place]:
    """A place for each resource of the type: `kms MercadoLake/Key`."""
    for path in account.paths(cloudformation):
        yield Place(f"{kind} {path}", kind, account.arn(path))


def _buckets(account: Account) -> Iterator[Place]:
    lake = account.arn("MercadoLake/Bucket")
    yield Place("lake", "s3 bucket", lake)
    for zone in ZONES:
        yield Place(f"lake/{zone}", "s3 object", f"{lake}/{zone}object")
    for prefix in LISTED:
        yield Place(f"lake?{prefix}", "s3 listing", lake, (("s3:prefix", prefix),))
    others = {"failures": "MercadoPipeline/CaptureFailures", "logs": "MercadoLake/AccessLogs"}
    arns = {name: account.arn(path) for name, path in others.items()}
    for prefix in LISTED:
        key = (("s3:prefix", prefix),)
        yield Place(f"elsewhere?{prefix}", "s3 listing", "arn:aws:s3:::elsewhere", key)
    for name, arn in {**arns, "elsewhere": "arn:aws:s3:::elsewhere"}.items():
        yield Place(name, "s3 bucket", arn)
        yield Place(f"{name}/", "s3 object", f"{arn}/object")


def _machine(account: Account) -> Iterator[Place]:
    machine = account.arn("MercadoPipeline/Promotion/Machine")
    backfills = account.arn("MercadoPipeline/BackfillMachine")
    name, backfill = (each.rsplit(":", 1)[-1] for each in (machine, backfills))
    executions = f"arn:aws:states:{HERE}:execution"
    pulls = account.arn("MercadoIngest/PullMachine")
    yield Place("machine", "states machine", machine)
    yield Place("machine of pulls", "states machine", pulls)
    yield Place("backfill machine", "states machine", backfills)
    yield Place("other machine", "states machine", f"arn:aws:states:{HERE}:stateMachine:other")
    of_machines = {
        "execution": f"{name}:run",
        "child execution": f"{name}/CleanEach:run",
        "backfill execution": f"{backfill}:run",
        "backfill child execution": f"{backfill}/Portions:run",
        "other execution": "other:run",
        "other child execution": "other/Map:run",
    }
    for each, execution in of_machines.items():
        yield Place(each, "states execution", f"{executions}:{execution}")
    maps = f"arn:aws:states:{HERE}:mapRun"
    yield Place("map run", "states map run", f"{maps}:{name}/CleanEach:run")
    yield Place("other map run", "states map run", f"{maps}:other/Map:run")


def _tables(account: Account) -> Iterator[Place]:
    tables = {
        "shop": "MercadoShop/Table",
        "control": "MercadoPipeline/Control",
        "states of pulls": "MercadoIngest/States",
    }
    arns = {name: account.arn(path) for name, path in tables.items()}
    for name, arn in {**arns, "other table": f"arn:aws:dynamodb:{HERE}:table/other"}.items():
        yield Place(name, "dynamodb", arn)
    for index in ("by_category", "by_customer", "by_name", "by_vendor", "another"):
        yield Place(f"shop index {index}", "dynamodb", f"{arns['shop']}/index/{index}")
    for name in ("shop", "other"):
        arn = arns.get(name, f"arn:aws:dynamodb:{HERE}:table/other")
        stream = f"{arn}/stream/2026-01-01T00:00:00.000"
        yield Place(f"{name} stream", "dynamodb stream", stream)


def _functions(account: Account) -> Iterator[Place]:
    for path in account.paths("AWS::Lambda::Function"):
        arn = account.arn(path)
        yield Place(f"function {short(path)}", "lambda", arn)
        yield Place(f"function {short(path)} latest", "lambda", f"{arn}:$LATEST")
        yield Place(f"function {short(path)} version", "lambda", f"{arn}:1")


def _logs(account: Account) -> Iterator[Place]:
    for path in account.paths("AWS::Logs::LogGroup"):
        stream = account.arn(path).removesuffix("*") + "log-stream:one"
        yield Place(f"log {path.split('/')[-1].removesuffix('Log')}", "logs", stream)


def _secrets() -> Iterator[Place]:
    """As Secrets Manager ends their ARNs."""
    secrets = f"arn:aws:secretsmanager:{HERE}:secret"
    for name in ("mercado/fischmarkt", "mercado/fischmarktx", "mercado/other", "fischmarkt"):
        yield Place(f"secret {name}", "secretsmanager", f"{secrets}:{name}-a1B2c3")


def _warehouse(account: Account) -> Iterator[Place]:
    workgroup = account.arn("MercadoWarehouse/Workgroup")
    other = f"arn:aws:redshift-serverless:{HERE}:workgroup/other"
    for kind in ("redshift-data", "redshift-serverless"):
        yield Place(f"{kind} warehouse", kind, workgroup)
        yield Place(f"{kind} other", kind, other)
    yield Place("own statements", "redshift-data statement", "*", SESSION)
    yield Place("others' statements", "redshift-data statement", "*", STRANGER)
