"""People's roles on the deployed cloud, with IAM enforced: the matrix, cell by cell, and tricks."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

from local.access import ACCOUNT, REGION, Access
from local.people import as_person, session_arguments
from local.queries import QueryError, ask_athena
from stacks.people.table import Person
from tests.permissions.asking import REFUSALS, Asker, Names, asked
from tests.permissions.matrix import ANALYST, COPIES, ENGINEER, ROLES, SCIENTIST, cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")
ELSEWHERE = "mercado-elsewhere"
DATABASE = "mercado_gold"
SECRET, MODEL = "work/state/secret", "work/sandbox/ada/model"
MINE, THEIRS = "work/sandbox/mine", "gold/theirs"
TRIED = (SECRET, MODEL, MINE, THEIRS)


@pytest.fixture(scope="module")
def people(pipeline: Pipeline) -> dict[str, Access]:
    """The cloud, as each role sees it."""
    seen = {role: as_person(pipeline.access, Person(role)) for role in ROLES}
    return {role: each for role, each in seen.items() if isinstance(each, Access)}


@pytest.fixture(scope="module")
def names(pipeline: Pipeline) -> Names:
    access = pipeline.access
    functions = access.client("lambda").list_functions()["Functions"]
    kms = access.client("kms")
    ids = [each["KeyId"] for each in kms.list_keys()["Keys"]]
    [key] = [
        each
        for each in ids
        if "the lake" in kms.describe_key(KeyId=each)["KeyMetadata"]["Description"]
    ]
    pipeline.s3.create_bucket(Bucket=ELSEWHERE)
    return Names(
        lake=pipeline.bucket,
        elsewhere=ELSEWHERE,
        key=key,
        machine=access.outputs["StateMachineArn"],
        run=a_run(access),
        shop=access.outputs["TableName"],
        functions={
            name: next(f["FunctionName"] for f in functions if f"Functions{name}" in str(f))
            for name in ("Erase", "Publish")
        },
        queries={role: finished(access, role, "SELECT 1")[0] for role in ROLES},
    )


def a_run(access: Access) -> str:
    """The newest run's name; if there was none, that of one which comes to nothing."""
    states, machine = access.client("stepfunctions"), access.outputs["StateMachineArn"]
    runs = states.list_executions(stateMachineArn=machine)["executions"]
    if not runs:
        states.start_execution(stateMachineArn=machine, name="nothing", input='{"run": "nothing"}')
    return str(runs[0]["name"]) if runs else "nothing"


@pytest.fixture(autouse=True, scope="module")
def tidy(pipeline: Pipeline) -> Iterator[None]:
    """Nothing that was tried stays in the lake, not even hidden."""
    yield
    tried = {cell.resource.removeprefix("lake/") for cell in cells()} | set(TRIED)
    s3, bucket = pipeline.s3, pipeline.bucket
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            if each["Key"] in tried:
                s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])


def raw_get(access: Access, path: str) -> tuple[int, bytes]:
    """A GET of exactly this path, dots and all, which no client would send; signed."""
    address = urlsplit(access.endpoint)
    request = AWSRequest("GET", f"{access.endpoint}{path}")
    credentials = access.session.get_credentials()
    assert credentials
    S3SigV4Auth(credentials, "s3", REGION).add_auth(request)
    context = ssl.create_default_context(cafile=access.certificate)
    connection = http.client.HTTPSConnection(address.netloc, context=context, timeout=10)
    with closing(connection):
        connection.request("GET", path, headers=dict(request.headers.items()))
        answer = connection.getresponse()
        return answer.status, answer.read()


def refused(request: Callable[[], Any]) -> bool:
    try:
        request()
    except ClientError as error:
        return error.response["Error"]["Code"] in REFUSALS
    return False


def finished(access: Access, role: str, sql: str, **place: Any) -> tuple[str, dict[str, Any]]:
    """A query in the role's workgroup: its id, and how it ended."""
    athena = access.client("athena")
    query = athena.start_query_execution(
        QueryString=sql,
        WorkGroup=f"mercado-{role}",
        QueryExecutionContext={"Database": DATABASE},
        **place,
    )["QueryExecutionId"]
    while True:
        execution: dict[str, Any] = athena.get_query_execution(QueryExecutionId=query)[
            "QueryExecution"
        ]
        if execution["Status"]["State"] not in {"QUEUED", "RUNNING"}:
            return query, execution
        time.sleep(0.02)


def state(access: Access, role: str, sql: str) -> str:
    status = finished(access, role, sql)[1]["Status"]
    denied = "Access Denied" in status.get("StateChangeReason", "")
    return "DENIED" if denied else str(status["State"])


@pytest.mark.parametrize("role", ROLES)
def test_each_cell_of_the_matrix_holds(people: dict[str, Access], names: Names, role: str) -> None:
    asker = Asker(people[role], names)
    mine = [cell for cell in cells() if cell.role == role and asked(cell)]
    assert [str(cell) for cell in mine if asker.may(cell) != cell.allowed] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_copy_takes_reading_there_and_writing_here(
    people: dict[str, Access], names: Names, role: str
) -> None:
    asker = Asker(people[role], names)
    mine = [copy for copy in COPIES if copy.role == role]
    assert [copy for copy in mine if asker.copies(copy) != copy.allowed] == []


def test_no_path_of_dots_leads_out_of_gold(people: dict[str, Access], pipeline: Pipeline) -> None:
    """S3 takes a key as it is written: what these name is not the secret."""
    secret = b"what a customer typed"
    pipeline.s3.put_object(Bucket=pipeline.bucket, Key=SECRET, Body=secret)
    for path in (
        f"gold/../{SECRET}",
        f"gold/%2e%2e/{SECRET}",
        f"gold/..%2f{SECRET}",
        f"gold/sales/../../{SECRET}",
        f"gold//../{SECRET}",
        f"./{SECRET}",
        f"/{SECRET}",
        "gold%2f..%2fwork%2fstate%2fsecret",
        "%77ork/state/secret",
    ):
        status, body = raw_get(people[ANALYST], f"/{pipeline.bucket}/{path}")
        assert status in {400, 403, 404}, path
        assert secret not in body, path
    assert raw_get(people[SCIENTIST], f"/{pipeline.bucket}/{SECRET}") == (200, secret)


def test_a_scientist_keeps_a_model_in_the_sandbox(
    people: dict[str, Access], pipeline: Pipeline
) -> None:
    s3, bucket = people[SCIENTIST].client("s3"), pipeline.bucket
    it = {"Bucket": bucket, "Key": MODEL}
    upload = s3.create_multipart_upload(**it)["UploadId"]
    etag = s3.upload_part(**it, UploadId=upload, PartNumber=1, Body=b"a model")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    s3.complete_multipart_upload(**it, UploadId=upload, MultipartUpload=parts)
    s3.put_object_tagging(**it, Tagging={"TagSet": [{"Key": "of", "Value": "ada"}]})
    s3.put_object(**it, Body=b"a better one")
    listed = s3.list_object_versions(Bucket=bucket, Prefix="work/sandbox/ada/")["Versions"]
    older = next(each["VersionId"] for each in listed if not each["IsLatest"])
    assert s3.get_object(**it, VersionId=older)["Body"].read() == b"a model"
    s3.delete_object(**it)
    assert refused(lambda: s3.delete_object(**it, VersionId=older))
    analyst = people[ANALYST].client("s3")
    assert refused(lambda: analyst.get_object(**it, VersionId=older))


def test_of_many_objects_deleted_at_once_none_may_be_forbidden(
    people: dict[str, Access], pipeline: Pipeline
) -> None:
    s3, bucket = people[ENGINEER].client("s3"), pipeline.bucket
    for each in (MINE, THEIRS):
        pipeline.s3.put_object(Bucket=bucket, Key=each, Body=b"")
    both = {"Objects": [{"Key": each} for each in (MINE, THEIRS)]}
    outcome: dict[str, Any] = {}
    if not refused(lambda: outcome.update(s3.delete_objects(Bucket=bucket, Delete=both))):
        assert [each["Key"] for each in outcome["Errors"]] == [THEIRS]
    assert pipeline.etag(THEIRS)


@pytest.mark.parametrize(
    ("zone", "readers"),
    [
        ("gold/sales/", {ENGINEER, SCIENTIST, ANALYST}),
        ("work/state/sales/", {ENGINEER, SCIENTIST}),
        ("work/sandbox/", {ENGINEER, SCIENTIST}),
        ("cleaned/sales/", {ENGINEER, SCIENTIST}),
        ("raw/sales/", {ENGINEER}),
        ("quarantine/", {ENGINEER}),
        ("athena/analyst/", {ANALYST}),
        ("erasures/", set()),
    ],
)
def test_a_table_that_somebody_laid_over_a_zone_opens_it_to_nobody(
    people: dict[str, Access], pipeline: Pipeline, zone: str, readers: set[str]
) -> None:
    """Athena reads with the permissions of whoever asks, whatever the catalogue says."""
    glue, name = pipeline.access.client("glue"), "careless"
    whole = glue.get_table(DatabaseName=DATABASE, Name="customer")["Table"]
    descriptor = whole["StorageDescriptor"] | {"Location": f"s3://{pipeline.bucket}/{zone}none/"}
    glue.create_table(
        DatabaseName=DATABASE,
        TableInput={"Name": name, "StorageDescriptor": descriptor, "TableType": "EXTERNAL_TABLE"},
    )
    try:
        outcomes = {role: state(people[role], role, f"SELECT * FROM {name}") for role in ROLES}  # noqa: S608  # our own name
    finally:
        glue.delete_table(DatabaseName=DATABASE, Name=name)
    assert outcomes == {role: "SUCCEEDED" if role in readers else "DENIED" for role in ROLES}


def test_queries_change_no_catalogue(people: dict[str, Access], pipeline: Pipeline) -> None:
    created = f"CREATE EXTERNAL TABLE mine (a int) LOCATION 's3://{pipeline.bucket}/raw/'"
    for role in ROLES:
        assert state(people[role], role, "DROP TABLE sales") == "DENIED"
        assert state(people[role], role, created) == "DENIED"


def test_results_are_written_where_the_workgroup_says_and_read_by_its_role_alone(
    people: dict[str, Access], pipeline: Pipeline
) -> None:
    place = {"ResultConfiguration": {"OutputLocation": f"s3://{pipeline.bucket}/athena/engineer/"}}
    query, execution = finished(people[ANALYST], ANALYST, "SELECT 1", **place)
    location = execution["ResultConfiguration"]["OutputLocation"]
    assert location == f"s3://{pipeline.bucket}/athena/analyst/{query}.csv"
    [result] = [each for each in pipeline.keys(f"athena/analyst/{query}.csv") if each[-1] == "v"]
    readers = {
        role
        for role in ROLES
        if not refused(
            lambda r=role: people[r].client("s3").get_object(Bucket=pipeline.bucket, Key=result)  # type: ignore[misc]  # bound now
        )
    }
    assert readers == {ANALYST}


def test_a_careless_allow_changes_nothing(people: dict[str, Access], pipeline: Pipeline) -> None:
    """Whoever may do all of S3 by his role's policy still meets the bucket's."""
    iam, bucket = pipeline.access.client("iam"), pipeline.bucket
    role = pipeline.access.outputs["AnalystRole"].rpartition("/")[2]
    raw = "raw/sales/x"
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [everything]}
    iam.put_role_policy(RoleName=role, PolicyName="Careless", PolicyDocument=json.dumps(document))
    s3 = people[ANALYST].client("s3")
    try:
        assert not refused(lambda: s3.get_object(Bucket=bucket, Key=raw))
        kept = ["gold/sales/x", "work/state/sales/x", "work/delta/r/x", "work/replay/1/x"]
        for key in kept:
            it = {"Bucket": bucket, "Key": key}
            assert refused(lambda it=it: s3.put_object(**it, Body=b"x"))  # type: ignore[misc]  # bound now
            assert refused(lambda it=it: s3.delete_object(**it))  # type: ignore[misc]
            assert refused(lambda it=it: s3.delete_object(**it, VersionId="0"))  # type: ignore[misc]
            assert refused(lambda it=it: s3.create_multipart_upload(**it))  # type: ignore[misc]
            assert refused(lambda it=it: s3.put_object_tagging(**it, Tagging={"TagSet": []}))  # type: ignore[misc]
            assert refused(
                lambda it=it: s3.copy_object(**it, CopySource={"Bucket": bucket, "Key": raw})  # type: ignore[misc]
            )
        it = {"Bucket": bucket, "Key": raw}
        assert refused(lambda: s3.delete_object(**it))
        assert refused(lambda: s3.delete_object(**it, VersionId="0"))
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="Careless")


def test_a_user_without_a_second_factor_and_a_stranger_become_nobody(
    pipeline: Pipeline,
) -> None:
    """Both are let by their own policies; the roles' trust is what refuses them."""
    iam, sts = pipeline.access.client("iam"), pipeline.access.client("sts")
    roles = [pipeline.access.outputs[f"{role.capitalize()}Role"] for role in ROLES]
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    let = json.dumps(
        {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": roles}]}
    )
    trust = {"Version": "2012-10-17", "Statement": [root | {"Action": "sts:AssumeRole"}]}
    stranger = iam.create_role(RoleName="stranger", AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName="stranger", PolicyName="let", PolicyDocument=let)
    iam.create_user(UserName="ada")
    iam.put_user_policy(UserName="ada", PolicyName="let", PolicyDocument=let)
    answer = sts.assume_role(RoleArn=stranger["Role"]["Arn"], RoleSessionName="me")
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    user = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    for credentials in (session_arguments(answer["Credentials"]), user):
        caller = pipeline.access.acting(credentials).client("sts")
        for role in roles:
            assert refused(
                lambda c=caller, r=role: c.assume_role(RoleArn=r, RoleSessionName="me")  # type: ignore[misc]
            )


def test_queries_of_the_command_line_are_an_analysts(pipeline: Pipeline) -> None:
    assert ask_athena(pipeline.access, "SELECT COUNT(*) AS n FROM sales").columns == ("n",)
    with pytest.raises(QueryError, match="Access Denied"):
        ask_athena(pipeline.access, "DROP TABLE sales")
