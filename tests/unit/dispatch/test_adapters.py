"""Claims, executions, listings and the three handlers against the APIs of AWS."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from moto import mock_aws

from lambdas.dispatch import handler, operate, sweeper, wiring
from lambdas.dispatch.backpressure import Room
from lambdas.dispatch.control import ControlTable, ThrottledError, claim_key
from lambdas.dispatch.listing import BucketVersions
from lambdas.dispatch.ports import Mark
from lambdas.dispatch.runs import Origin, run_digest
from lambdas.dispatch.sweep import Sweep
from lambdas.lake.documents import Manifest, RawObject
from tests.dispatching import PAYLOAD_LIMIT, raw
from tests.fakes import FakeContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient

A, B = "a" * 32, "b" * 32
CHANGES, FILES = (f"arn:aws:sqs:us-east-1:123456789012:{name}" for name in ("changes", "files"))
ROLE = "arn:aws:iam::123456789012:role/promotion"
DEFINITION = '{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}'


@dataclass(frozen=True)
class Cloud:
    s3: S3Client
    dynamodb: DynamoDBClient
    machine: SFNClient
    parts: wiring.Parts

    def put(self, key: str) -> RawObject:
        answer = self.s3.put_object(Bucket="lake", Key=key, Body=b"x")
        return RawObject(key, answer["VersionId"], 1)

    def everything(self) -> dict[str, Any]:
        """All that a command could change: objects, claims, executions."""
        versions = self.s3.list_object_versions(Bucket="lake").get("Versions", [])
        return {
            "objects": {(each["Key"], each["VersionId"], each["ETag"]) for each in versions},
            "control": self.dynamodb.scan(TableName="control")["Items"],
            "executions": self.executions(),
        }

    def executions(self) -> dict[str, str]:
        arn = self.parts.settings.state_machine_arn
        found = self.machine.list_executions(stateMachineArn=arn)["executions"]
        return {each["name"]: each["status"] for each in found}

    def stop(self, name: str) -> None:
        arn = self.parts.settings.state_machine_arn.replace("stateMachine", "execution")
        self.machine.stop_execution(executionArn=f"{arn}:{name}")

    def manifest(self, run: str) -> Manifest:
        body = self.s3.get_object(Bucket="lake", Key=f"runs/{run}/manifest.json")["Body"]
        return Manifest.from_json(body.read())


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "LAKE_BUCKET": "lake",
        "CONTROL_TABLE": "control",
        "GRACE_MINUTES": "0",
        "CHANGES_QUEUE_ARN": CHANGES,
    }.items():
        monkeypatch.setenv(name, value)
    wiring.parts.cache_clear()
    with mock_aws():
        s3, dynamodb, machine = (
            boto3.client("s3"),
            boto3.client("dynamodb"),
            boto3.client("stepfunctions"),
        )
        s3.create_bucket(Bucket="lake")
        s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
        dynamodb.create_table(
            TableName="control",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        )
        created = machine.create_state_machine(
            name="promotion", definition=DEFINITION, roleArn=ROLE
        )
        monkeypatch.setenv("STATE_MACHINE_ARN", created["stateMachineArn"])
        yield Cloud(s3, dynamodb, machine, wiring.parts())
    wiring.parts.cache_clear()


def announcement(item: RawObject, number: int = 0, queue: str = CHANGES) -> dict[str, Any]:
    detail = {
        "bucket": {"name": "lake"},
        "object": {"key": item.key, "version-id": item.version_id, "size": item.size},
    }
    return {
        "messageId": f"m{number}",
        "eventSourceARN": queue,
        "body": json.dumps({"detail": detail}),
    }


def never(room: Room, origin: Origin) -> None:
    assert room.is_there(origin), "it would wait"


class TestClaims:
    def test_the_first_to_claim_owns_and_nobody_after(self, cloud: Cloud) -> None:
        control = ControlTable(cloud.dynamodb, "control", now=lambda: 1_000.0)
        assert control.claim([raw(1), raw(2)], A) == {raw(1): A, raw(2): A}
        assert control.claim([raw(2), raw(3)], B) == {raw(2): A, raw(3): B}
        assert control.claim([raw(2)], A) == {raw(2): A}

    def test_versions_of_one_key_are_claimed_apart(self, cloud: Cloud) -> None:
        control = ControlTable(cloud.dynamodb, "control")
        control.claim([raw(1)], A)
        assert control.claim([raw(1, "v2")], B) == {raw(1, "v2"): B}

    def test_a_claim_says_whose_and_when_and_expires_in_ninety_days(self, cloud: Cloud) -> None:
        clock = iter([1_000.0, 9_000.0])
        control = ControlTable(cloud.dynamodb, "control", now=lambda: next(clock))
        control.claim([raw(1)], A)
        control.claim([raw(1)], B)
        key = {"PK": {"S": claim_key(raw(1))}}
        assert cloud.dynamodb.get_item(TableName="control", Key=key)["Item"] == {
            **key,
            "run": {"S": A},
            "object_key": {"S": raw(1).key},
            "version_id": {"S": "v1"},
            "claimed_at": {"N": "1000"},
            "expires_at": {"N": str(1_000 + 90 * 86_400)},
        }

    def test_the_owners_of_many_are_read_in_batches(self, cloud: Cloud) -> None:
        control = ControlTable(cloud.dynamodb, "control")
        objects = [raw(number) for number in range(105)]
        control.claim(objects[:102], A)
        assert control.owners(objects) == dict.fromkeys(objects[:102], A)
        assert control.owners([]) == {}

    def test_what_a_throttled_read_left_out_is_read_again(self) -> None:
        client = Throttled([[raw(1)], [raw(2)]])
        control = ControlTable(
            cast("DynamoDBClient", client), "control", pause=client.pauses.append
        )
        assert control.owners([raw(1), raw(2)]) == {raw(1): A, raw(2): A}
        assert client.pauses == [0.1]

    def test_a_read_that_stays_throttled_is_an_error(self) -> None:
        client = Throttled([[]] * 6)
        control = ControlTable(
            cast("DynamoDBClient", client), "control", pause=client.pauses.append
        )
        with pytest.raises(ThrottledError):
            control.owners([raw(1)])


@dataclass
class Throttled:
    """Answers only some of the keys each time."""

    answers: list[list[RawObject]]
    pauses: list[float] = field(default_factory=list)

    def control(self) -> ControlTable:
        return ControlTable(cast("DynamoDBClient", self), "control", pause=self.pauses.append)

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803  # boto3's name
        wanted = RequestItems["control"]
        rows = [{"PK": {"S": claim_key(each)}, "run": {"S": A}} for each in self.answers.pop(0)]
        answered = [row["PK"] for row in rows]
        left = [key for key in wanted["Keys"] if key["PK"] not in answered]
        return {
            "Responses": {"control": rows},
            "UnprocessedKeys": {"control": {**wanted, "Keys": left}} if left else {},
        }


class TestExecutions:
    def test_a_name_starts_once(self, cloud: Cloud) -> None:
        machine = cloud.parts.dispatcher.executions
        assert machine.status(A) is None
        assert machine.start(A, "{}")
        assert not machine.start(A, '{"other": 1}')
        assert machine.status(A) == "RUNNING"

    def test_executions_are_listed_by_their_start_and_by_failure(self, cloud: Cloud) -> None:
        machine = cloud.parts.dispatcher.executions
        machine.start(A, "{}")
        machine.start(B, "{}")
        cloud.stop(A)
        an_hour = timedelta(hours=1)
        now = datetime.now(UTC)
        assert dict(machine.since(now - an_hour)) == {A: "ABORTED", B: "RUNNING"}
        assert list(machine.since(now + an_hour)) == []
        assert list(machine.unsuccessful()) == [A]


class TestListing:
    def test_every_version_is_listed_and_no_delete_marker(self, cloud: Cloud) -> None:
        versions = {cloud.put("raw/a/dt=2026-03-17/1"), cloud.put("raw/a/dt=2026-03-17/1")}
        cloud.s3.delete_object(Bucket="lake", Key="raw/a/dt=2026-03-17/1")
        cloud.put("gold/sales/part-0.parquet")
        assert {each.object for each in cloud.parts.versions.under("raw/")} == versions

    def test_folders_of_older_days_and_of_what_waits_are_not_entered(self, cloud: Cloud) -> None:
        cloud.put("raw/a/dt=2026-03-16/1")
        cloud.put("raw/b/backfill/2020/1")
        wanted = {
            cloud.put("raw/a/dt=2026-03-17/1"),
            cloud.put("raw/b/dt=2026-03-18/1"),
            cloud.put("raw/b/dt=unknown/1"),
            cloud.put("raw/b/2020/1"),
            cloud.put("raw/b/loose"),
            cloud.put("raw/loose"),
        }
        listed = [each.object for each in cloud.parts.versions.filed_since(date(2026, 3, 17))]
        assert len(listed) == len(wanted)
        assert set(listed) == wanted

    def test_a_listing_goes_on_behind_a_mark(self, cloud: Cloud) -> None:
        put = [cloud.put(f"raw/{folder}/dt=2026-03-17/{n}") for folder in "ab" for n in range(2)]
        after = Mark(put[1].key, put[1].version_id)
        assert [each.object for each in cloud.parts.versions.under("raw/", after)] == put[2:]

    def test_a_listing_of_several_pages_has_each_version_once(self, cloud: Cloud) -> None:
        put = [cloud.put(f"raw/a/dt=2026-03-17/{number // 2}") for number in range(7)]
        small = BucketVersions(cloud.s3, "lake", page_size=2)
        assert sorted(each.object for each in small.under("raw/")) == sorted(put)
        assert sorted(each.object for each in small.filed_since(date(2026, 3, 1))) == sorted(put)


class TestHandlers:
    def test_a_batch_starts_one_run_and_names_the_bad_messages(self, cloud: Cloud) -> None:
        objects = [cloud.put(f"raw/customer/dt=2026-03-17/{n}") for n in range(3)]
        records = [announcement(each, number) for number, each in enumerate(objects)]
        records.insert(1, {"messageId": "bad", "body": "no json"})
        for _ in range(2):
            answer = handler.handle({"Records": records}, FakeContext())
            assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
        run = run_digest(objects)
        assert cloud.executions() == {run: "RUNNING"}
        assert cloud.manifest(run).objects == objects

    def test_a_change_does_not_wait_where_files_have_no_room_left(
        self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MAX_RUNNING", "1")
        monkeypatch.setattr(Room, "wait", never)
        wiring.parts.cache_clear()
        file, change = cloud.put("raw/shop/till.csv"), cloud.put("raw/customer/dt=2026-03-17/1")
        everything = [announcement(each, queue=FILES) for each in (file, change)]
        handler.handle({"Records": everything}, FakeContext())
        assert set(cloud.executions()) == {run_digest([file])}
        handler.handle({"Records": [announcement(change)]}, FakeContext())
        assert set(cloud.executions()) == {run_digest([file]), run_digest([change])}

    def test_a_full_batch_of_bad_messages_makes_a_small_answer(self, cloud: Cloud) -> None:
        records = [
            {"messageId": f"{number:036d}", "body": json.dumps({"detail": "x" * 2_000})}
            for number in range(1_000)
        ]
        answer = handler.handle({"Records": records}, FakeContext())
        assert len(answer["batchItemFailures"]) == 1_000
        assert len(json.dumps(answer)) < PAYLOAD_LIMIT
        assert cloud.executions() == {}

    def test_the_schedule_sweeps_up_what_was_never_announced(self, cloud: Cloud) -> None:
        today = datetime.now(UTC).date().isoformat()
        item = cloud.put(f"raw/customer/dt={today}/1")
        answer = sweeper.handle({"source": "aws.events"}, FakeContext())
        assert (answer["unclaimed"], answer["started"], answer["complete"]) == (1, 1, True)
        assert cloud.executions() == {run_digest([item]): "RUNNING"}

    def test_an_operator_redrives_replays_and_sweeps(self, cloud: Cloud) -> None:
        item = cloud.put("raw/customer/dt=2026-03-17/1")
        run = run_digest([item])
        prefix = {"action": "sweep", "prefix": "raw/customer/"}
        assert operate.handle(prefix, FakeContext())["started"] == 1
        cloud.stop(run)
        assert operate.handle({"action": "redrive"}, FakeContext())["names"] == [f"{run}-2"]
        replay = {"action": "replay", "replay": "r1"}
        assert operate.handle(replay, FakeContext())["started"] == 1
        assert cloud.executions() == {
            run: "ABORTED",
            f"{run}-2": "RUNNING",
            f"replay-r1-{run}": "RUNNING",
        }
        assert cloud.manifest(f"replay-r1-{run}").target == "work/replay/r1/"

    @pytest.mark.parametrize(
        "event",
        [
            {"action": "redrive"},
            {"action": "redrive", "reason": "ABORTED"},
            {"action": "sweep", "prefix": "raw/"},
            {"action": "sweep"},
            {"action": "replay", "replay": "r1"},
        ],
    )
    def test_a_dry_run_finds_something_to_do_and_changes_nothing(
        self, cloud: Cloud, event: dict[str, Any]
    ) -> None:
        today = datetime.now(UTC).date().isoformat()
        items = [cloud.put(f"raw/customer/dt={today}/{number}") for number in range(2)]
        handler.handle({"Records": [announcement(items[0])]}, FakeContext())
        run = run_digest(items[:1])
        cloud.stop(run)
        failure = json.dumps({"status": "ABORTED", "error": None, "cause": None})
        cloud.s3.put_object(Bucket="lake", Key=f"runs/{run}/failure.json", Body=failure)
        before = cloud.everything()
        answer = operate.handle({**event, "dry_run": True}, FakeContext())
        assert answer["dry_run"]
        assert answer["bytes"] > 0
        assert cloud.everything() == before

    def test_a_tick_goes_on_with_the_full_pass_where_the_last_one_stood(self, cloud: Cloud) -> None:
        items = [cloud.put(f"raw/customer/dt=2019-01-0{day}/1") for day in (1, 2, 3)]
        slow = replace(cloud.parts.full_pass, pages=1)
        dispatcher = replace(cloud.parts.dispatcher, max_objects=1)
        now = datetime.now(UTC)
        for item in items:
            sweep = slow.go_on(Sweep(dispatcher), cloud.parts.versions, now, lambda: True)
            assert (sweep.unclaimed, sweep.complete) == ([item.key], False)
        answer = sweeper.handle({"source": "aws.events"}, FakeContext())
        assert (answer["checked"], answer["full"]["checked"]) == (0, 0)
        assert answer["full"]["complete"]
        assert len(cloud.executions()) == len(items)

    @pytest.mark.usefixtures("cloud")
    def test_an_unknown_action_is_refused(self) -> None:
        with pytest.raises(ValueError, match="redrive"):
            operate.handle({"action": "drop"}, FakeContext())
