"""The shop: the operational table and the HTTP API in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_logs as logs

from stacks.functions import Functions, Room

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from stacks.bundling import Bundler
    from stacks.settings import Settings

API = Room(handler="api.handler", bundle="api", rooms=["api"], memory=1024, timeout=29)
REQUESTS_PER_SECOND, BURST = 500, 1000


class ShopStack(Stack):
    """DynamoDB table with a stream, one function, an HTTP API."""

    def __init__(
        self, scope: Construct, stack_id: str, *, settings: Settings, bundler: Bundler
    ) -> None:
        super().__init__(scope, stack_id, description="Samn's Mercado: the operational API")
        self.settings = settings
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="PK", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="SK", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            time_to_live_attribute="expires_at",
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            deletion_protection=not settings.destroy_data,
            removal_policy=(
                RemovalPolicy.DESTROY if settings.destroy_data else RemovalPolicy.RETAIN
            ),
        )
        self.function = Functions(self, settings, bundler).add(
            "Api",
            API,
            {"TABLE_NAME": self.table.table_name, "PRICE_CHECK": settings.price_check},
        )
        self.table.grant(
            self.function,
            "dynamodb:GetItem",
            "dynamodb:BatchGetItem",
            "dynamodb:Query",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:ConditionCheckItem",
        )
        self.api = self._http_api(self.function)
        CfnOutput(self, "ApiUrl", value=self.api.api_endpoint)
        CfnOutput(self, "ApiId", value=self.api.api_id)
        CfnOutput(self, "TableName", value=self.table.table_name)

    def _http_api(self, function: lambda_.Function) -> apigateway.HttpApi:
        api = apigateway.HttpApi(
            self,
            "HttpApi",
            api_name=f"{self.settings.name}-api",
            default_integration=integrations.HttpLambdaIntegration(
                "Function",
                function,
            ),
        )
        access_log = logs.LogGroup(
            self,
            "AccessLog",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        assert api.default_stage is not None  # noqa: S101  # HttpApi makes one unless told not to
        stage = cast("apigateway.CfnStage", api.default_stage.node.default_child)
        stage.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=access_log.log_group_arn,
            format=(
                '{"requestId":"$context.requestId","route":"$context.routeKey",'
                '"status":"$context.status","latencyMs":"$context.responseLatency",'
                '"error":"$context.integrationErrorMessage"}'
            ),
        )
        stage.default_route_settings = apigateway.CfnStage.RouteSettingsProperty(
            throttling_rate_limit=REQUESTS_PER_SECOND, throttling_burst_limit=BURST
        )
        return api
