"""Who may do what, computed from every policy of the synthesized templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stacks.policy.permissions import statements, who_may

if TYPE_CHECKING:
    from stacks.policy.deployment import Deployment

LAKE, SHOP = "<MercadoLake/Bucket>", "<MercadoShop/Table>"
MACHINE = "<MercadoPipeline/Promotion/Machine>"
CHANGES = ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectTagging")


PEOPLE = "MercadoPeople/"


def roles(deployment: Deployment, action: str, *resources: str) -> set[str]:
    """Names of the roles that may do it with any of the resources; people's are another matter."""
    holders = {path for resource in resources for path in who_may(deployment, action, resource)}
    found = {path for path in holders if not path.startswith(PEOPLE)}
    return {path.removesuffix("Role").removesuffix("/").split("/")[-1] for path in found}


ERASER = "Erase"
"""Reads everything, to prove that a person is gone, and deletes versions wherever one can be."""


@pytest.mark.parametrize(
    ("key", "owners"),
    [
        ("raw/sales/dt=2025-03-17/a.ndjson.gz", {"Capture", "Resync"}),
        ("cleaned/sales/a.parquet", {"Clean"}),
        ("quarantine/sales/a.ndjson.gz", {"Clean"}),
        ("work/delta/run/sales/2025-03/0.parquet", {"Conform"}),
        ("work/state/sales/2025-03/0.parquet", {"Publish", "Replay"}),
        ("gold/sales/month=2025-03/part-0.parquet", {"Publish", "Replay"}),
        ("athena/result.csv", set()),
        ("goldx/sales.parquet", set()),
        ("elsewhere", set()),
    ],
)
def test_each_zone_is_written_by_the_functions_that_own_it(
    deployment: Deployment, key: str, owners: set[str]
) -> None:
    writers = {role for change in CHANGES for role in roles(deployment, change, f"{LAKE}/{key}")}
    assert writers - {ERASER} == owners


@pytest.mark.parametrize(
    ("key", "readers"),
    [
        ("raw/customer/dt=2025-03-17/a.ndjson.gz", {"Clean"}),
        ("cleaned/customer/a.parquet", {"Conform"}),
        ("quarantine/customer/a.ndjson.gz", {"Clean"}),
        ("work/delta/run/customer/0.parquet", {"Publish", "Copy"}),
        ("work/state/customer/0.parquet", {"Publish", "Replay", "Copy"}),
        ("gold/customer/part-0.parquet", {"Publish", "Replay"}),
    ],
)
def test_each_zone_is_read_by_the_next_step_only(
    deployment: Deployment, key: str, readers: set[str]
) -> None:
    found = {
        role
        for action in ("s3:GetObject", "s3:GetObjectVersion")
        for role in roles(deployment, action, f"{LAKE}/{key}")
    }
    assert found == {*readers, ERASER}


def test_nobody_but_erase_deletes_raw_objects_or_their_versions(deployment: Deployment) -> None:
    key = f"{LAKE}/raw/sales/dt=2025-03-17/a.ndjson.gz"
    assert not roles(deployment, "s3:DeleteObject", key)
    assert roles(deployment, "s3:DeleteObjectVersion", key) == {ERASER}


@pytest.mark.parametrize(
    ("prefix", "changes"),
    [
        ("raw/", {"s3:PutObject", "s3:DeleteObjectVersion"}),
        ("erasures/", {"s3:PutObject"}),
        ("gold/", {"s3:DeleteObjectVersion"}),
        ("work/state/", {"s3:DeleteObjectVersion"}),
        ("elsewhere/", set()),
    ],
)
def test_erase_writes_raw_and_its_list_and_may_never_lose_the_list(
    deployment: Deployment, prefix: str, changes: set[str]
) -> None:
    may = {each for each in CHANGES if ERASER in roles(deployment, each, f"{LAKE}/{prefix}x")}
    assert may == changes


def test_the_shop_is_written_by_its_api_and_imports_and_by_erase_which_alone_deletes(
    deployment: Deployment,
) -> None:
    assert roles(deployment, "dynamodb:PutItem", SHOP) == {"Api", "Import", ERASER}
    assert roles(deployment, "dynamodb:UpdateItem", SHOP) == {"Api", "Import"}
    assert roles(deployment, "dynamodb:DeleteItem", SHOP) == {ERASER}
    assert roles(deployment, "dynamodb:Scan", SHOP) == {"Resync", ERASER}


def test_a_vendors_file_comes_by_the_api_alone_and_only_the_import_may_read_it(
    deployment: Deployment,
) -> None:
    file = f"{LAKE}/imports/7/x.csv"
    assert roles(deployment, "s3:PutObject", file) == {"Api"}
    assert roles(deployment, "s3:GetObject", file) == {"Import", ERASER}
    assert {
        each for each in CHANGES if "Import" in roles(deployment, each, f"{LAKE}/raw/x")
    } == set()


def test_only_dispatch_and_the_machines_own_maps_start_executions(deployment: Deployment) -> None:
    starters = roles(deployment, "states:StartExecution", MACHINE)
    assert starters == {"Dispatch", "Sweep", "Operate", "Backfill", "Machine"}


@pytest.mark.parametrize(
    ("action", "kind", "path", "others"),
    [
        ("states:ListMapRuns", "execution", ":run", set()),
        ("states:ListExecutions", "mapRun", "/map:run", set()),
        ("states:DescribeExecution", "execution", "/map:item", {"Machine"}),
    ],
)
def test_of_all_functions_only_the_one_that_records_failures_looks_into_maps(
    deployment: Deployment, action: str, kind: str, path: str, others: set[str]
) -> None:
    region = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}"
    machine = f"{region}:{kind}:{MACHINE.removesuffix('>')}.Name>"
    assert roles(deployment, action, f"{machine}{path}") == {"Failed", *others}
    assert not roles(deployment, action, f"{region}:{kind}:another{path}")


def test_the_functions_of_the_promotion_are_invoked_by_its_machine_alone(
    deployment: Deployment,
) -> None:
    for name in ("Plan", "Clean", "Conform", "Publish", "Load", "Record"):
        function = f"<MercadoPipeline/Functions/{name}>"
        assert roles(deployment, "lambda:InvokeFunction", function) == {"Machine"}, name


def test_no_role_changes_permissions_keys_code_or_the_catalogue(deployment: Deployment) -> None:
    services = ("iam", "kms", "lambda", "glue", "s3")
    changing = ("Create", "Update", "Put", "Delete", "Attach", "PassRole", "Schedule")
    harmless = {"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"} | {
        f"s3:{change}Object{version}Tagging"
        for change in ("Put", "Delete")
        for version in ("", "Version")
    }
    found = {
        (each.holder, action)
        for each in statements(deployment)
        for action in each.actions
        if action.split(":")[0] in services
        and action.split(":")[-1].startswith(changing)
        and action not in harmless
    }
    assert not found
