"""What `cdk destroy` leaves, and what it takes along once both keys are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stacks.policy.data import HOLD_DATA, data_keys
from stacks.settings import SettingError, Settings

if TYPE_CHECKING:
    from stacks.policy.deployment import Deployment

DATA = {
    "MercadoLake/Bucket",
    "MercadoLake/Key",
    "MercadoPipeline/CaptureFailures",
    "MercadoPipeline/Control",
    "MercadoShop/Table",
    "MercadoWarehouse/Key",
    "MercadoWarehouse/Namespace",
}


def test_data_and_the_keys_that_read_it_survive(deployment: Deployment) -> None:
    kept = {each.path for each in deployment.resources if each.deletion_policy == "Retain"}
    assert kept >= DATA


def test_nothing_that_costs_money_by_itself_survives(deployment: Deployment) -> None:
    kept = {each.path for each in deployment.resources if each.deletion_policy != "Delete"}
    data = [*deployment.of_type(*HOLD_DATA), *data_keys(deployment)]
    assert kept <= {each.path for each in data}, "all else would only be forgotten"


def test_one_key_is_refused() -> None:
    with pytest.raises(SettingError, match="confirm_destroy_data"):
        Settings(destroy_data=True)
    with pytest.raises(SettingError, match="confirm_destroy_data"):
        Settings(destroy_data=True, confirm_destroy_data="another")


def test_with_both_keys_nothing_survives_or_stands_in_the_way(emptied: Deployment) -> None:
    assert {each.deletion_policy for each in emptied.resources} == {"Delete"}
    for table in emptied.of_type("AWS::DynamoDB::Table"):
        assert table.properties["DeletionProtectionEnabled"] is False, table.path
    emptied_buckets = {
        each.properties["BucketName"].strip("<>")
        for each in emptied.of_type("Custom::S3AutoDeleteObjects")
    }
    buckets = {each.path for each in emptied.of_type("AWS::S3::Bucket")}
    assert emptied_buckets == buckets, "a bucket that is not emptied stops its stack's deletion"
