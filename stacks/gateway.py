"""What stands before the API's function: routes, who is asked for a token, throttles, a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from lambdas.contracts.access import RULES, Who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs import Construct

    from lambdas.contracts.access import Rule
    from stacks.identities import IdentitiesStack
    from stacks.settings import Settings

ANY_OTHER = "$default"
LOG_FORMAT = (
    '{"requestId":"$context.requestId","route":"$context.routeKey",'
    '"status":"$context.status","latencyMs":"$context.responseLatency",'
    '"error":"$context.integrationErrorMessage"}'
)
"""Neither addresses nor paths: whose cart was read is nobody's business."""


class Gateway:
    """An HTTP API with a route for each of the rules, and one for all else, which asks for a token.

    So what is not public by a rule is not public: a route that is forgotten here, a path with a
    slash at its end, HEAD and OPTIONS come by the last one.
    """

    def __init__(
        self,
        scope: Construct,
        settings: Settings,
        function: lambda_.Function,
        identities: IdentitiesStack | None,
    ) -> None:
        self.scope = scope
        self.settings = settings
        integration = integrations.HttpLambdaIntegration(
            "Function", function, scope_permission_to_route=False
        )
        login = (
            authorizers.HttpUserPoolAuthorizer(
                "Login", identities.pool, user_pool_clients=[identities.client]
            )
            if identities
            else apigateway.HttpNoneAuthorizer()
        )
        self.api = apigateway.HttpApi(
            scope,
            "HttpApi",
            api_name=f"{settings.name}-api",
            default_integration=integration,
            default_authorizer=login,
            cors_preflight=self._cors(),
        )
        routes = [
            route
            for (method, rule), access in RULES.items()
            for path in _paths(rule, access)
            for route in self.api.add_routes(
                path=path,
                methods=[apigateway.HttpMethod[method]],
                integration=integration,
                authorizer=(apigateway.HttpNoneAuthorizer() if access.who is Who.ANYONE else login),
            )
        ]
        self._stage(routes)
        self._allow_every_route()

    def _allow_every_route(self) -> None:
        """One permission for all routes; CDK's own leaves $default out, which has no path."""
        [permission] = [
            each for each in self.api.node.find_all() if isinstance(each, lambda_.CfnPermission)
        ]
        permission.source_arn = Stack.of(self.api).format_arn(
            service="execute-api", resource=self.api.api_id, resource_name="*/*"
        )

    def _stage(self, routes: list[apigateway.HttpRoute]) -> None:
        access_log = logs.LogGroup(
            self.scope,
            "AccessLog",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        assert self.api.default_stage is not None  # noqa: S101  # made unless told not to
        stage = cast("apigateway.CfnStage", self.api.default_stage.node.default_child)
        stage.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=access_log.log_group_arn, format=LOG_FORMAT
        )
        usual = self.settings.requests_per_second
        stage.default_route_settings = apigateway.CfnStage.RouteSettingsProperty(
            throttling_rate_limit=usual, throttling_burst_limit=2 * usual
        )
        stage.route_settings = dict(self._dear())
        for route in routes:  # a stage can only say of routes that there are
            stage.add_resource_dependency(cast("apigateway.CfnRoute", route.node.default_child))

    def _dear(self) -> Iterator[tuple[str, Any]]:
        rate = self.settings.dear_requests_per_second
        for (method, rule), access in RULES.items():
            if access.dear:
                for path in _paths(rule, access):
                    limits = {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": 2 * rate}
                    yield f"{method} {path}", limits

    def _cors(self) -> apigateway.CorsPreflightOptions | None:
        """None, so that no page of another origin may read an answer, unless the settings say."""
        if not self.settings.origins:
            return None
        return apigateway.CorsPreflightOptions(
            allow_origins=self.settings.origins,
            allow_methods=[apigateway.CorsHttpMethod.ANY],
            allow_headers=["authorization", "content-type", "idempotency-key", "if-match"],
            expose_headers=["etag", "location", "retry-after"],
            max_age=Duration.hours(1),
        )


def _paths(rule: str, access: Rule) -> list[str]:
    """As the gateway writes them; to one that ends in a slash, a dear route's throttle is the same.

    A route cannot end in a slash, but a greedy variable may stand for nothing.
    """
    path = rule.replace("<", "{").replace(">", "}")
    return [path, f"{path}/{{proxy+}}"] if access.dear else [path]
