"""What the stacks promise of functions, the promotion, tables, queries and settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.contracts import CONTRACTS
from lambdas.contracts.operational import INDEXES
from local.synthesis import WHOLE
from stacks.machines import definition_file
from stacks.settings import SettingError, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Resources = dict[str, dict[str, Any]]
Template = dict[str, Any]


def of_type(resources: Resources, kind: str) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in resources.items() if each["Type"] == kind}


def statements(resources: Resources) -> Iterator[tuple[str, dict[str, Any]]]:
    """(role's logical id, statement) of every identity policy."""
    for policy in of_type(resources, "AWS::IAM::Policy").values():
        for role in policy["Properties"]["Roles"]:
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
                yield role.get("Ref") or json.dumps(role), statement


def actions(statement: dict[str, Any]) -> list[str]:
    given = statement["Action"]
    return [given] if isinstance(given, str) else given


def test_every_function_is_as_all_ours_are(resources: Resources) -> None:
    functions = of_type(resources, "AWS::Lambda::Function")
    roles = [json.dumps(each["Properties"]["Role"]) for each in functions.values()]
    assert len(functions) > 10
    assert len(set(roles)) == len(functions), "each function has a role of its own"
    for name, function in functions.items():
        properties = function["Properties"]
        assert properties["Architectures"] == ["arm64"], name
        assert properties["Runtime"] == "python3.14", name
        assert properties["TracingConfig"] == {"Mode": "Active"}, name
        stack, log = name.split("/")[0], properties["LoggingConfig"]["LogGroup"]["Ref"]
        assert resources[f"{stack}/{log}"]["Properties"]["RetentionInDays"] == 30, name


def test_every_task_of_the_promotion_is_retried_with_backoff_and_jitter() -> None:
    definition = definition_file("promotion").read_text().replace("${MapConcurrency}", "1")
    machine = json.loads(definition.replace("${Warehouse}", "true"))
    tasks = {
        name: state
        for states in _nested(machine["States"])
        for name, state in states.items()
        if state["Type"] == "Task"
    }
    assert len(tasks) == 8
    for name, task in tasks.items():
        retry = task["Retry"][-1]
        assert retry["ErrorEquals"] == ["States.ALL"], name
        assert retry["BackoffRate"] > 1, name
        assert retry["JitterStrategy"] == "FULL", name


def _nested(states: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The states, and those of the maps among them."""
    yield states
    for each in states.values():
        if each["Type"] == "Map":
            yield from _nested(each["ItemProcessor"]["States"])


def test_the_api_reads_by_key_and_index_only_and_deletes_nothing(resources: Resources) -> None:
    allowed = {
        action.removeprefix("dynamodb:"): json.dumps(statement["Resource"])
        for role, statement in statements(resources)
        if role.startswith("FunctionsApi")
        for action in actions(statement)
        if action.startswith("dynamodb:") and "/index/" not in json.dumps(statement["Resource"])
    }
    assert set(allowed) == {
        "GetItem",
        "BatchGetItem",
        "Query",
        "PutItem",
        "UpdateItem",
        "ConditionCheckItem",
    }
    [indexes] = [
        statement
        for role, statement in statements(resources)
        if role.startswith("FunctionsApi") and "/index/" in json.dumps(statement["Resource"])
    ]
    assert actions(indexes) == ["dynamodb:Query"]
    named = {json.dumps(each).split("/index/")[1].split('"')[0] for each in indexes["Resource"]}
    assert named == {index.name for index in INDEXES}


def test_an_index_holds_keys_only_so_that_sales_and_prices_do_not_pay_for_it(
    resources: Resources,
) -> None:
    tables = of_type(resources, "AWS::DynamoDB::Table")
    [shop] = [
        each["Properties"] for name, each in tables.items() if name.startswith("MercadoShop/")
    ]
    kinds = {each["AttributeName"]: each["AttributeType"] for each in shop["AttributeDefinitions"]}
    indexes = {each["IndexName"]: each for each in shop["GlobalSecondaryIndexes"]}
    assert set(indexes) == {index.name for index in INDEXES}
    for index in INDEXES:
        made = indexes[index.name]
        assert made["Projection"] == {"ProjectionType": "KEYS_ONLY"}
        assert [key["AttributeName"] for key in made["KeySchema"]] == [index.partition, index.sort]
        assert (kinds[index.partition], kinds[index.sort]) == (index.partition_type, "S")


def test_every_contract_is_a_gold_table_with_its_columns(resources: Resources) -> None:
    tables = {
        each["Properties"]["TableInput"]["Name"]: each["Properties"]["TableInput"]
        for each in of_type(resources, "AWS::Glue::Table").values()
    }
    for contract in CONTRACTS:
        columns = tables[contract.table]["StorageDescriptor"]["Columns"]
        assert [each["Name"] for each in columns] == list(contract.column_names)
    assert tables["sales"]["Parameters"]["projection.month.type"] == "date"


def lake_rules(resources: Resources) -> list[dict[str, Any]]:
    buckets = of_type(resources, "AWS::S3::Bucket")
    lake = next(each for name, each in buckets.items() if name.startswith("MercadoLake/Bucket"))
    rules: list[dict[str, Any]] = lake["Properties"]["LifecycleConfiguration"]["Rules"]
    return rules


def test_no_version_of_a_raw_object_ever_expires(resources: Resources) -> None:
    expiring = [
        rule
        for rule in lake_rules(resources)
        if "NoncurrentVersionExpiration" in rule or "ExpirationInDays" in rule
    ]
    assert expiring
    assert all(rule.get("Prefix", "") not in {"", "raw/"} for rule in expiring)


def test_what_can_be_made_again_is_kept_for_as_long_as_the_settings_say(
    synthesize: Callable[..., dict[str, Template]],
) -> None:
    kept = {"cleaned": 8, "delta": 9, "replay": 2, "quarantine": 30, "runs": 91}
    settings = {f"{name}_days": days for name, days in kept.items()}
    templates = synthesize(**settings, noncurrent_days=3, athena_result_days=1)
    resources = {
        f"{stack}/{name}": each
        for stack, template in templates.items()
        for name, each in template["Resources"].items()
    }
    rules = lake_rules(resources)
    assert {
        rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule
    } == {
        "imports/": 90,
        "cleaned/": 8,
        "work/delta/": 9,
        "work/replay/": 2,
        "quarantine/": 30,
        "runs/": 91,
        "athena/": 1,
    }
    before = [each["NoncurrentVersionExpiration"] for each in rules if "Noncurrent" in str(each)]
    assert before
    assert all(each["NoncurrentDays"] == 3 for each in before)


def test_the_promotion_may_start_and_watch_its_own_children_only(resources: Resources) -> None:
    found = {
        action: json.dumps(statement["Resource"])
        for role, statement in statements(resources)
        for action in actions(statement)
        if action == "states:StopExecution" and "PromotionMachine" in role
    }
    assert ":execution:" in found["states:StopExecution"]
    assert "PromotionMachine" in found["states:StopExecution"]
    assert '/*"' in found["states:StopExecution"]


def test_queries_on_gold_are_bounded_and_cannot_lift_the_bound(resources: Resources) -> None:
    workgroups = of_type(resources, "AWS::Athena::WorkGroup").values()
    assert workgroups
    for workgroup in workgroups:
        configuration = workgroup["Properties"]["WorkGroupConfiguration"]
        assert configuration["EnforceWorkGroupConfiguration"] is True
        assert configuration["BytesScannedCutoffPerQuery"] == 10_000 * 1_000_000


def test_warehouse_pulls_and_mail_are_there_only_if_asked_for(
    synthesize: Callable[..., dict[str, Template]], templates: dict[str, Template]
) -> None:
    assert set(templates) - set(synthesize()) == {
        "MercadoIngest",
        "MercadoMail",
        "MercadoWarehouse",
    }


def test_the_same_settings_give_the_same_templates(
    synthesize: Callable[..., dict[str, Template]], templates: dict[str, Template]
) -> None:
    assert synthesize(**WHOLE) == templates


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"mail_domain": "in.example.org"}, "mail_domain"),
        ({"mail_sources": "shop"}, "mail_domain"),
        ({"mail_domain": "orders@in.example.org", "mail_sources": "shop"}, "mail_domain"),
        ({"mail_domain": "in.example.org", "mail_sources": "shop/../gold"}, "mail_sources"),
        ({"name": "No Good"}, "name"),
        ({"name": "größe"}, "name"),
        ({"name": "1abc"}, "name"),
        ({"runs_at_once": 0}, "runs_at_once"),
        ({"engineers": "ada"}, "engineers"),
        ({"scientists": "arn:aws:iam::1:role/Scientist"}, "scientists"),
        ({"analysts": "arn:aws:iam::111122223333:root"}, "analysts"),
        ({"analysts": "arn:aws:iam::111122223333:role/A, *"}, "analysts"),
        ({"session_hours": 13}, "session_hours"),
        ({"dispatch_concurrency": 1}, "dispatch_concurrency"),
        ({"batching_seconds": 0}, "batching_seconds"),
        ({"sweep_minutes": 0}, "sweep_minutes"),
        ({"athena_scan_limit_mb": 1}, "athena_scan_limit_mb"),
        ({"runs_days": 90}, "runs_days"),
        ({"noncurrent_days": 0}, "noncurrent_days"),
        ({"price_check": "sometimes"}, "price_check"),
        ({"warehouse_rpu": 7}, "warehouse_rpu"),
    ],
)
def test_a_setting_that_no_deployment_can_mean_is_named(
    settings: dict[str, Any], names: str
) -> None:
    with pytest.raises(SettingError, match=names):
        Settings(**settings)
