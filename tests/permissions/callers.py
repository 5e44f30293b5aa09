"""Everyone who asks in the tables: the templates' roles, AWS's services, an administrator."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.permissions.account import HERE, NUMBER, REGION, Statement
from tests.permissions.decisions import Principal, short

if TYPE_CHECKING:
    from tests.permissions.account import Account

PLAIN = {"aws:SecureTransport": "false"}
EVERYTHING = Statement("Administrator", 1, {"Effect": "Allow", "Action": "*", "Resource": "*"})
"""As AWS's managed policy AdministratorAccess: what still holds then, resources say themselves."""
OTHERS = "999988887777"


def roles(account: Account) -> dict[str, Principal]:
    """By short name: `Publish` for `…/Functions/PublishRole`."""
    return {short(path): Principal.role(role) for path, role in account.roles.items()}


def others(account: Account) -> dict[str, Principal]:
    """Those of services.toml."""
    administrator = _administrator()
    return {
        **_events(account),
        **_gateway(account),
        **_for_accounts("logging.s3"),
        **_for_accounts("cloudwatch"),
        "Administrator": administrator,
        "Administrator over plain HTTP": replace(
            administrator, keys={**administrator.keys, **PLAIN}
        ),
    }


def becoming(account: Account) -> dict[str, Principal]:
    """Those who might assume a role: services, for ours and for others, and people."""
    machine = account.arn("MercadoPipeline/Promotion/Machine")
    theirs = machine.replace(NUMBER, OTHERS)
    rule = f"arn:aws:ses:{HERE}:receipt-rule-set/mercado-mail:receipt-rule/to-shop"
    services = ("lambda", "redshift", "redshift-serverless", "vpc-flow-logs", "ec2", "events")
    return {
        **{name: _service(name) for name in services},
        "states for our machine": _service("states", machine),
        "states for an activity": _service("states", machine.replace("stateMachine", "activity")),
        "another service for our machine": _service("another", machine),
        "states for their machine": _service("states", theirs),
        "states for their account": _service("states", machine, OTHERS),
        "ses for our rule": _service("ses", rule),
        "ses for another rule": _service("ses", rule.replace("mercado-mail", "another")),
        "ses for their rule": _service("ses", rule.replace(NUMBER, OTHERS), OTHERS),
        "ses for their account": _service("ses", rule, OTHERS),
        "another service for our rule": _service("another", rule),
        "states for theirs": _service("states", theirs, OTHERS),
        "Plan": roles(account)["Plan"],
        "scheduler": _service("scheduler"),
        "scheduler for their account": _service("scheduler", account=OTHERS),
        **_people(),
    }


def _people() -> dict[str, Principal]:
    """An administrator as a role or a user, and a user whom no policy lets assume anything."""
    user = {"aws:PrincipalArn": f"arn:aws:iam::{NUMBER}:user/ada", "aws:PrincipalType": "User"}
    with_factor = {**user, "aws:MultiFactorAuthPresent": "true"}
    name = user["aws:PrincipalArn"]
    return {
        "Administrator": _administrator(),
        "user": Principal(name, (EVERYTHING,), keys=user),
        "user without a second factor": Principal(
            name, (EVERYTHING,), keys={**user, "aws:MultiFactorAuthPresent": "false"}
        ),
        "user with a second factor": Principal(name, (EVERYTHING,), keys=with_factor),
        "user with a second factor and no policy": Principal(name, keys=with_factor),
    }


def _administrator() -> Principal:
    arn = f"arn:aws:iam::{NUMBER}:role/Administrator"
    keys = {"aws:PrincipalArn": arn, "aws:PrincipalType": "AssumedRole"}
    return Principal(arn, (EVERYTHING,), keys=keys)


def _service(name: str, source: str = "", account: str = NUMBER) -> Principal:
    """A service, which says for which resource and account it asks."""
    keys = {"aws:SourceAccount": account, **({"aws:SourceArn": source} if source else {})}
    return Principal(f"{name}.amazonaws.com", keys=keys)


def _events(account: Account) -> dict[str, Principal]:
    rules = {short(path): account.arn(path) for path in account.paths("AWS::Events::Rule")}
    rules["another rule"] = f"arn:aws:events:{HERE}:rule/another"
    rules["another account"] = rules["SweepSchedule"].replace(NUMBER, OTHERS)
    return {
        **{f"events for {name}": _service("events", arn) for name, arn in rules.items()},
        **{f"another service for {name}": _service("another", arn) for name, arn in rules.items()},
    }


def _gateway(account: Account) -> dict[str, Principal]:
    apis = {short(path): account.ref(path) for path in account.paths("AWS::ApiGatewayV2::Api")}
    apis["another API"] = "another"
    stage = f"arn:aws:execute-api:{REGION}:{NUMBER}"
    sources = {name: f"{stage}:{api}/$default/$default" for name, api in apis.items()}
    return {
        **{f"apigateway for {name}": _service("apigateway", arn) for name, arn in sources.items()},
        **{
            f"another service for {name}": _service("another", arn) for name, arn in sources.items()
        },
    }


def _for_accounts(service: str) -> dict[str, Principal]:
    ours = _service(service)
    return {
        f"{service} for this account": ours,
        f"{service} for another account": _service(service, account=OTHERS),
        f"{service} over plain HTTP": replace(ours, keys={**ours.keys, **PLAIN}),
    }
