"""The gateway asks for a token wherever the rules do, and everywhere that they do not speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lambdas.api.binding import IN_PATH
from lambdas.contracts.access import GROUPS, RULES, Who
from stacks.settings import SettingError, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

Template = dict[str, Any]
SHOP = "MercadoShop"


def of_type(template: Template, kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


def authorization(template: Template) -> dict[str, str]:
    """By route key."""
    routes = of_type(template, "AWS::ApiGatewayV2::Route")
    return {each["RouteKey"]: each["AuthorizationType"] for each in routes}


def key(route: tuple[str, str]) -> str:
    path = IN_PATH.sub(r"{\1}", route[1])
    return f"{route[0]} {path}"


def test_only_what_is_public_by_a_rule_asks_for_no_token(templates: dict[str, Template]) -> None:
    found = authorization(templates[SHOP])
    open_routes = {route for route, kind in found.items() if kind == "NONE"}
    assert open_routes == {key(route) for route, rule in RULES.items() if rule.who is Who.ANYONE}
    assert found["$default"] == "JWT"
    assert {key(route) for route in RULES} <= found.keys()


def test_the_authorizer_takes_tokens_of_the_pools_own_client_alone(
    templates: dict[str, Template],
) -> None:
    [authorizer] = of_type(templates[SHOP], "AWS::ApiGatewayV2::Authorizer")
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    [audience] = authorizer["JwtConfiguration"]["Audience"]
    assert "MercadoIdentities" in str(audience)
    assert "cognito-idp" in str(authorizer["JwtConfiguration"]["Issuer"])


def test_what_is_dear_has_a_throttle_of_its_own(templates: dict[str, Template]) -> None:
    [stage] = of_type(templates[SHOP], "AWS::ApiGatewayV2::Stage")
    dear = {key(route) for route, rule in RULES.items() if rule.dear}
    assert stage["RouteSettings"].keys() == dear | {f"{each}/{{proxy+}}" for each in dear}
    usual = stage["DefaultRouteSettings"]["ThrottlingRateLimit"]
    assert all(each["ThrottlingRateLimit"] < usual for each in stage["RouteSettings"].values())


def test_people_survive_their_stack_and_administrators_alone_make_groups(
    templates: dict[str, Template],
) -> None:
    template = templates["MercadoIdentities"]
    [pool] = [r for r in template["Resources"].values() if r["Type"] == "AWS::Cognito::UserPool"]
    assert pool["DeletionPolicy"] == "Retain"
    assert pool["Properties"]["DeletionProtection"] == "ACTIVE"
    [client] = of_type(template, "AWS::Cognito::UserPoolClient")
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert "ALLOW_USER_PASSWORD_AUTH" not in client["ExplicitAuthFlows"]
    groups = of_type(template, "AWS::Cognito::UserPoolGroup")
    assert {each["GroupName"] for each in groups} == {each.value for each in GROUPS}


def test_without_identities_nobody_is_asked_and_the_function_knows(
    synthesize: Callable[..., dict[str, Template]],
) -> None:
    templates = synthesize(auth="off", stage="development", cors_origins="https://a.example")
    assert "MercadoIdentities" not in templates
    assert set(authorization(templates[SHOP]).values()) == {"NONE"}
    environments = [
        each["Environment"]["Variables"]
        for each in of_type(templates[SHOP], "AWS::Lambda::Function")
    ]
    assert [each["AUTH"] for each in environments if "AUTH" in each] == ["off"]
    [api] = of_type(templates[SHOP], "AWS::ApiGatewayV2::Api")
    assert api["CorsConfiguration"]["AllowOrigins"] == ["https://a.example"]


def test_by_default_no_other_origin_is_let_in(templates: dict[str, Template]) -> None:
    [api] = of_type(templates[SHOP], "AWS::ApiGatewayV2::Api")
    assert "CorsConfiguration" not in api


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"auth": "off"}, "auth: off lets everybody .* stage=development"),
        ({"auth": "off", "stage": "production"}, "auth: off"),
        ({"auth": "maybe"}, "auth: 'maybe' must be 'on' or 'off'"),
        ({"stage": "prod"}, "stage: 'prod' must be 'production' or 'development'"),
        ({"cors_origins": "*"}, r"cors_origins: '\*' must be as"),
        ({"cors_origins": "https://a.example,http://b.example"}, "http://b.example"),
    ],
)
def test_a_setting_that_would_open_the_api_is_refused(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingError, match=says):
        Settings(**given)  # type: ignore[arg-type]  # as context gives them
