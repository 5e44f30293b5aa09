"""Turns cells of the matrix into requests to a deployed cloud that change nothing, and asks them.

A request that IAM lets through fails for another reason, or finds nothing; one that it refuses is
told so first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.deployment import Deployment
    from tests.permissions.matrix import Cell, Copy

REFUSALS = {"AccessDenied", "AccessDeniedException"}
NOBODYS_ETAG, NOBODYS_UPLOAD, NOBODYS_VERSION = '"0"', "0", "0"
TAGS = {"TagSet": [{"Key": "a", "Value": "b"}]}
TRUST = '{"Version": "2012-10-17", "Statement": []}'
NOT_ASKED = {
    "s3:BypassGovernanceRetention": "asked with the deletion of a version, which is refused first",
    "s3:PutObjectRetention": "the bucket has no object lock",
    "kms:ReEncryptFrom": "asked with a ciphertext only",
}
"""What the laptop's cloud cannot be asked; tests of the templates ask all of it."""


@dataclass(frozen=True)
class Names:
    """What the symbols of the matrix are in one deployment.

    `run` is one that was: to start it again, with another input, is refused for its name. `queries`
    has one for each workgroup.
    """

    lake: str
    elsewhere: str
    key: str
    machine: str
    run: str
    shop: str
    functions: Mapping[str, str]
    queries: Mapping[str, str]
    database: str = "mercado_gold"

    def execution(self) -> str:
        return f"{self.machine.replace(':stateMachine:', ':execution:')}:absent"


class Asker:
    """One person's requests."""

    def __init__(self, deployment: Deployment, names: Names) -> None:
        self.deployment = deployment
        self.names = names
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.deployment.client(service)
        return self._clients[service]

    def may(self, cell: Cell) -> bool:
        """Whether IAM lets the request of a cell through."""
        service, _, action = cell.action.partition(":")
        asks: dict[str, Callable[[Cell, str], Any]] = {
            "s3": self._s3,
            "glue": self._glue,
            "athena": self._athena,
            "states": self._states,
        }
        ask = asks.get(service, self._other)
        return _let_through(lambda: ask(cell, action))

    def copies(self, copy: Copy) -> bool:
        source = {"Bucket": self.names.lake, "Key": copy.source}
        target = {"Bucket": self.names.lake, "Key": copy.target}
        return _let_through(lambda: self.client("s3").copy_object(**target, CopySource=source))

    def _s3(self, cell: Cell, action: str) -> Any:
        s3 = self.client("s3")
        symbol, _, key = cell.resource.partition("/")
        bucket = {"Bucket": self.names.elsewhere if symbol == "elsewhere" else self.names.lake}
        if action in {"ListBucket", "ListBucketVersions"}:
            prefix = {"Prefix": cell.context["s3:prefix"]} if cell.context else {}
            list_ = s3.list_objects_v2 if action == "ListBucket" else s3.list_object_versions
            return list_(**bucket, **prefix, MaxKeys=1)
        if not key:
            return self._bucket(action, bucket)
        return self._object(action, {**bucket, "Key": key})

    def _bucket(self, action: str, bucket: dict[str, str]) -> Any:
        s3 = self.client("s3")
        requests: dict[str, Callable[[], Any]] = {
            "DeleteBucket": lambda: s3.delete_bucket(**bucket),
            "DeleteBucketPolicy": lambda: s3.delete_bucket_policy(**bucket),
            "GetBucketLocation": lambda: s3.get_bucket_location(**bucket),
            "GetBucketPolicy": lambda: s3.get_bucket_policy(**bucket),
            "ListAllMyBuckets": s3.list_buckets,
            "ListBucketMultipartUploads": lambda: s3.list_multipart_uploads(**bucket),
            "PutBucketPolicy": lambda: s3.put_bucket_policy(**bucket, Policy=TRUST),
            "PutBucketVersioning": lambda: s3.put_bucket_versioning(
                **bucket, VersioningConfiguration={"Status": "Suspended"}
            ),
            "PutLifecycleConfiguration": lambda: s3.put_bucket_lifecycle_configuration(
                **bucket, LifecycleConfiguration={"Rules": []}
            ),
        }
        return requests[action]()

    def _object(self, action: str, it: dict[str, str]) -> Any:
        s3 = self.client("s3")
        version = {**it, "VersionId": NOBODYS_VERSION}
        upload = {**it, "UploadId": NOBODYS_UPLOAD}
        requests: dict[str, Callable[[], Any]] = {
            "AbortMultipartUpload": lambda: s3.abort_multipart_upload(**upload),
            "DeleteObject": lambda: s3.delete_object(**it),
            "DeleteObjectTagging": lambda: s3.delete_object_tagging(**it),
            "DeleteObjectVersion": lambda: s3.delete_object(**version),
            "DeleteObjectVersionTagging": lambda: s3.delete_object_tagging(**version),
            "GetObject": lambda: s3.get_object(**it),
            "GetObjectTagging": lambda: s3.get_object_tagging(**it),
            "GetObjectVersion": lambda: s3.get_object(**version),
            "GetObjectVersionTagging": lambda: s3.get_object_tagging(**version),
            "ListMultipartUploadParts": lambda: s3.list_parts(**upload),
            "PutObject": lambda: s3.put_object(**it, Body=b"", IfMatch=NOBODYS_ETAG),
            "PutObjectAcl": lambda: s3.put_object_acl(**it, ACL="private"),
            "PutObjectTagging": lambda: s3.put_object_tagging(**it, Tagging=TAGS),
            "PutObjectVersionAcl": lambda: s3.put_object_acl(**version, ACL="private"),
            "PutObjectVersionTagging": lambda: s3.put_object_tagging(**version, Tagging=TAGS),
            "RestoreObject": lambda: s3.restore_object(**it, RestoreRequest={"Days": 1}),
        }
        return requests[action]()

    def _glue(self, cell: Cell, action: str) -> Any:
        """Of the innermost resource: the request asks for the database and the catalogue too."""
        glue = self.client("glue")
        _, database, table = [*cell.resource.split("/"), "mine", "sales"][:3]
        database = self.names.database if database == "gold" else database
        table = "sales" if table == "mine" else table
        whole = {"DatabaseName": database, "TableName": table}
        requests: dict[str, Callable[[], Any]] = {
            "BatchGetPartition": lambda: glue.batch_get_partition(**whole, PartitionsToGet=[]),
            "CreateDatabase": lambda: glue.create_database(DatabaseInput={"Name": "mine"}),
            "CreateTable": lambda: glue.create_table(
                DatabaseName=database, TableInput={"Name": table}
            ),
            "DeleteTable": lambda: glue.delete_table(DatabaseName=database, Name=table),
            "GetDatabase": lambda: glue.get_database(Name=database),
            "GetPartition": lambda: glue.get_partition(**whole, PartitionValues=["2026-03"]),
            "GetPartitions": lambda: glue.get_partitions(**whole),
            "GetTable": lambda: glue.get_table(DatabaseName=database, Name=table),
            "GetTables": lambda: glue.get_tables(DatabaseName=database),
            "UpdateTable": lambda: glue.update_table(
                DatabaseName=database, TableInput={"Name": table}
            ),
        }
        return requests[action]()

    def _athena(self, cell: Cell, action: str) -> Any:
        athena = self.client("athena")
        owner = cell.resource.partition("/")[2]
        group = owner if owner in {"primary", "mine"} else f"mercado-{owner}"
        query = {"QueryExecutionId": self.names.queries.get(owner, "none")}
        requests: dict[str, Callable[[], Any]] = {
            "BatchGetQueryExecution": lambda: athena.batch_get_query_execution(
                QueryExecutionIds=[query["QueryExecutionId"]]
            ),
            "CreateWorkGroup": lambda: athena.create_work_group(Name=group),
            "DeleteWorkGroup": lambda: athena.delete_work_group(WorkGroup=group),
            "GetQueryExecution": lambda: athena.get_query_execution(**query),
            "GetQueryResults": lambda: athena.get_query_results(**query),
            "GetWorkGroup": lambda: athena.get_work_group(WorkGroup=group),
            "ListQueryExecutions": lambda: athena.list_query_executions(WorkGroup=group),
            "ListWorkGroups": athena.list_work_groups,
            "StartQueryExecution": lambda: athena.start_query_execution(
                QueryString="SELECT 1", WorkGroup=group
            ),
            "StopQueryExecution": lambda: athena.stop_query_execution(**query),
            "UpdateWorkGroup": lambda: athena.update_work_group(WorkGroup=group),
        }
        return requests[action]()

    def _states(self, cell: Cell, action: str) -> Any:
        states = self.client("stepfunctions")
        arn = self.names.machine + ("x" if cell.resource == "othermachine" else "")
        machine, execution = {"stateMachineArn": arn}, {"executionArn": self.names.execution()}
        requests: dict[str, Callable[[], Any]] = {
            "DeleteStateMachine": lambda: states.delete_state_machine(**machine),
            "DescribeExecution": lambda: states.describe_execution(**execution),
            "DescribeStateMachine": lambda: states.describe_state_machine(**machine),
            "GetExecutionHistory": lambda: states.get_execution_history(**execution),
            "ListExecutions": lambda: states.list_executions(**machine, maxResults=1),
            "ListMapRuns": lambda: states.list_map_runs(**execution),
            "RedriveExecution": lambda: states.redrive_execution(**execution),
            "StartExecution": lambda: states.start_execution(
                **machine, name=self.names.run, input="{}"
            ),
            "StopExecution": lambda: states.stop_execution(**execution),
            "UpdateStateMachine": lambda: states.update_state_machine(**machine, definition="{}"),
        }
        return requests[action]()

    def _other(self, cell: Cell, _: str) -> Any:
        return self._others[cell.action](cell.resource.partition("/")[2])

    @cached_property
    def _others(self) -> dict[str, Callable[[str], Any]]:
        """What is nobody's business, of services that people have no business with."""
        names, client = self.names, self.client
        role = "arn:aws:iam::000000000000:role/mercado/functions/Publish/mine"
        key = {"KeyId": names.key}
        return {
            "dynamodb:GetItem": lambda _: client("dynamodb").get_item(
                TableName=names.shop, Key={"PK": {"S": "a"}, "SK": {"S": "a"}}
            ),
            "iam:AttachRolePolicy": lambda name: client("iam").attach_role_policy(
                RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
            ),
            "iam:CreateRole": lambda name: client("iam").create_role(
                RoleName=name, Path="/mercado/functions/Publish/", AssumeRolePolicyDocument=TRUST
            ),
            "iam:PassRole": lambda _: client("stepfunctions").create_state_machine(
                name="mine", definition="{}", roleArn=role
            ),
            "iam:PutRolePolicy": lambda name: client("iam").put_role_policy(
                RoleName=name, PolicyName="all", PolicyDocument=TRUST
            ),
            "kms:CreateGrant": lambda _: client("kms").create_grant(
                **key, GranteePrincipal=role, Operations=["Decrypt"]
            ),
            "kms:Decrypt": lambda _: client("kms").decrypt(**key, CiphertextBlob=b"none"),
            "kms:Encrypt": lambda _: client("kms").encrypt(**key, Plaintext=b"none"),
            "kms:GenerateDataKey": lambda _: client("kms").generate_data_key(
                **key, KeySpec="AES_256"
            ),
            "kms:PutKeyPolicy": lambda _: client("kms").put_key_policy(**key, Policy=TRUST),
            "kms:ScheduleKeyDeletion": lambda _: client("kms").schedule_key_deletion(**key),
            "lambda:InvokeFunction": lambda name: client("lambda").invoke(
                FunctionName=names.functions[name], InvocationType="DryRun"
            ),
            "lambda:UpdateFunctionCode": lambda name: client("lambda").update_function_code(
                FunctionName=names.functions[name], ZipFile=b"none", DryRun=True
            ),
            "ssm:GetParameter": lambda _: client("ssm").get_parameter(Name="parameter"),
            "sts:AssumeRole": lambda _: client("sts").assume_role(
                RoleArn=role, RoleSessionName="mine"
            ),
        }


def asked(cell: Cell) -> bool:
    """Whether the laptop's cloud can be asked this cell."""
    inner = {"glue:GetTable", "glue:GetTables"} | {
        f"glue:{name}" for name in ("GetPartition", "GetPartitions", "BatchGetPartition")
    }
    if cell.resource == "catalog":
        return False  # part of the question about a database or table
    if cell.resource == "database/gold" and cell.action in inner:
        return False  # part of the question about the table
    by_service = cell.action.startswith("kms:") and "kms:ViaService" in cell.context
    warehouse = cell.action.startswith("redshift")  # the stand-in for it knows no IAM
    return not by_service and not warehouse and cell.action not in NOT_ASKED


def _let_through(request: Callable[[], Any]) -> bool:
    try:
        request()
    except ClientError as error:
        return error.response["Error"]["Code"] not in REFUSALS
    return True
