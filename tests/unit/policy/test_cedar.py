"""Each case is one that AWS's reference of policy elements and of evaluation logic describes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.permissions.account import NUMBER, Statement
from tests.permissions.cedar import NotTranslatedError
from tests.permissions.decisions import Principal, Question, ask

OBJECT = "arn:aws:s3:::bucket/gold/object"
KEY = f"arn:aws:kms:eu-west-1:{NUMBER}:key/one"
ROLE = f"arn:aws:iam::{NUMBER}:role/Reader"
ROOT = f"arn:aws:iam::{NUMBER}:root"


def said(effect: str = "Allow", **elements: Any) -> Statement:
    """A statement about GetObject on everything, unless it says otherwise."""
    named = {element.removeprefix("Not") for element in elements}
    default = {"Action": "s3:GetObject", "Resource": "*"}
    body = {name: each for name, each in default.items() if name not in named}
    return Statement("policy", 1, {"Effect": effect, **body, **elements})


def allowed(
    *statements: Statement,
    action: str = "s3:GetObject",
    resource: str = OBJECT,
    keys: dict[str, str] | None = None,
    **limits: Any,
) -> bool:
    """Of a role with these policies; those with an owner are its resource's."""
    attached = tuple(each for each in statements if not each.owner)
    own = [each for each in statements if each.owner]
    principal = Principal(ROLE, attached, keys={"aws:userid": "AROA:me"}, **limits)
    return ask(principal, own, [Question(action, resource, tuple((keys or {}).items()))])[0]


def of(owner: str, effect: str = "Allow", **elements: Any) -> Statement:
    """A statement of a resource's own policy."""
    return Statement("policy", 2, said(effect, **elements).body, owner)


def test_nothing_is_allowed_that_no_statement_allows() -> None:
    assert not allowed()
    assert not allowed(said(Action="s3:PutObject"))
    assert allowed(said())


def test_a_deny_wins_over_every_allow() -> None:
    assert not allowed(said(), said("Deny"))
    assert not allowed(said(), of("arn:aws:s3:::bucket", "Deny", Principal="*"))


@pytest.mark.parametrize("pattern", ["s3:getobject", "S3:Get*", "s3:*", "*"])
def test_actions_are_compared_without_regard_to_case(pattern: str) -> None:
    assert allowed(said(Action=["s3:PutObject", pattern]))


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("arn:aws:s3:::bucket/gold/*", True),
        ("arn:aws:s3:::bucket/*object", True),
        ("arn:aws:s3:::bucket/GOLD/*", False),
        ("arn:aws:s3:::bucket", False),
        ("arn:aws:s3:::bucket/gold", False),
    ],
)
def test_resources_are_compared_with_their_case_and_in_whole(pattern: str, matches: bool) -> None:
    assert allowed(said(Resource=pattern)) is matches


def test_what_is_excepted_is_all_that_an_inverted_element_does_not_mean() -> None:
    assert not allowed(said(NotAction=["s3:Get*"]))
    assert allowed(said(NotAction="s3:Put*"))
    assert not allowed(said(NotResource="arn:aws:s3:::bucket/*"))
    assert allowed(said(NotResource="arn:aws:s3:::other/*"))


def test_every_key_of_a_condition_must_hold_and_one_of_its_values() -> None:
    condition = {"StringEquals": {"s3:prefix": ["raw/", "gold/"], "s3:delimiter": "/"}}
    listing = said(Condition=condition)
    assert allowed(listing, keys={"s3:prefix": "gold/", "s3:delimiter": "/"})
    assert not allowed(listing, keys={"s3:prefix": "runs/", "s3:delimiter": "/"})
    assert not allowed(listing, keys={"s3:prefix": "gold/", "s3:delimiter": "-"})
    assert not allowed(listing, keys={"s3:prefix": "gold/"})


def test_a_negated_condition_holds_if_none_of_its_values_is_met_or_the_key_is_missing() -> None:
    condition = {"StringNotLike": {"s3:prefix": ["raw/*", "gold/*"]}}
    assert not allowed(said(Condition=condition), keys={"s3:prefix": "raw/x"})
    assert not allowed(said(Condition=condition), keys={"s3:prefix": "gold/x"})
    assert allowed(said(Condition=condition), keys={"s3:prefix": "runs/x"})
    assert allowed(said(Condition=condition))


def test_a_condition_with_if_exists_holds_without_its_key() -> None:
    condition = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}
    assert allowed(said(Condition=condition))
    assert not allowed(said(Condition=condition), keys={"aws:MultiFactorAuthPresent": "false"})


def test_null_asks_whether_a_key_is_there() -> None:
    missing, there = ({"Null": {"s3:prefix": value}} for value in ("true", "false"))
    assert allowed(said(Condition=missing))
    assert not allowed(said(Condition=missing), keys={"s3:prefix": ""})
    assert allowed(said(Condition=there), keys={"s3:prefix": ""})


def test_only_operators_with_like_know_wildcards() -> None:
    given = {"s3:prefix": "gold/sales"}
    assert allowed(said(Condition={"StringLike": {"s3:prefix": "gold/*"}}), keys=given)
    assert not allowed(said(Condition={"StringEquals": {"s3:prefix": "gold/*"}}), keys=given)


def test_a_wildcard_in_a_condition_on_an_arn_stays_within_its_part() -> None:
    given = {"aws:SourceArn": f"arn:aws:events:eu-west-1:{NUMBER}:rule/one"}

    def matches(pattern: str) -> bool:
        return allowed(said(Condition={"ArnLike": {"aws:SourceArn": pattern}}), keys=given)

    assert matches(f"arn:aws:events:*:{NUMBER}:rule/*")
    assert not matches(f"arn:aws:*:{NUMBER}:*:rule/one")
    assert not matches(f"arn:aws:events:eu-west-1:{NUMBER}:rule/o")


def test_condition_keys_are_compared_without_regard_to_case() -> None:
    condition = {"StringEquals": {"AWS:SourceAccount": NUMBER}}
    assert allowed(said(Condition=condition), keys={"aws:sourceaccount": NUMBER})


def test_a_variable_stands_for_what_the_request_carries() -> None:
    own = said(Condition={"StringEquals": {"owner": "${aws:userid}"}})
    assert allowed(own, keys={"owner": "AROA:me"})
    assert not allowed(own, keys={"owner": "AROA:you"})
    assert not allowed(own, keys={"owner": "${aws:userid}"})


@pytest.mark.parametrize(
    "elements",
    [
        {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Condition": {"StringEquals": {"owner": "${aws:PrincipalTag/team}"}}},
        {"Resource": "arn:aws:s3:::bucket/gold/part-?"},
        {"Resource": "arn:aws:s3:::bucket/gold/ü"},
    ],
)
def test_what_is_not_translated_is_refused_rather_than_guessed(elements: dict[str, Any]) -> None:
    with pytest.raises(NotTranslatedError):
        allowed(said(**elements))


def test_a_resources_policy_allows_by_itself_whom_it_names() -> None:
    bucket = "arn:aws:s3:::bucket"
    assert allowed(of(bucket, Principal={"AWS": ROLE}))
    assert allowed(of(bucket, Principal={"AWS": "*"}))
    assert not allowed(of(bucket, Principal={"AWS": f"{ROLE}2"}))
    assert not allowed(of(bucket, Principal={"Service": "events.amazonaws.com"}))


def test_a_resources_policy_that_names_the_account_leaves_it_to_the_identitys() -> None:
    bucket = "arn:aws:s3:::bucket"
    assert not allowed(of(bucket, Principal={"AWS": ROOT}))
    assert allowed(of(bucket, Principal={"AWS": ROOT}), said())


def test_a_resources_policy_speaks_of_that_resource_alone() -> None:
    assert not allowed(of("arn:aws:s3:::other", Principal="*"))
    assert not allowed(of("arn:aws:s3:::buck", Principal="*"))


def test_a_keys_policy_must_allow_by_name_or_by_leaving_it_to_the_account() -> None:
    ours = said(Action="kms:*")
    left = of(KEY, Action="kms:*", Principal={"AWS": ROOT})
    named = of(KEY, Action="kms:*", Principal={"AWS": ROLE})
    for statements, decided in (
        ([ours], False),
        ([left], False),
        ([ours, left], True),
        ([named], True),
        ([ours, of(KEY, Action="kms:*", Principal={"AWS": f"{ROLE}2"})], False),
    ):
        assert allowed(*statements, action="kms:Decrypt", resource=KEY) is decided


def test_a_boundary_allows_nothing_and_limits_everything() -> None:
    assert not allowed(boundary=(said(),))
    assert allowed(said(), boundary=(said(Action="s3:*"),))
    assert not allowed(said(), boundary=(said(Action="s3:Put*"),))
    assert not allowed(said(), boundary=(said(Action="s3:*"), said("Deny")))
