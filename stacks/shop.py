"""The shop: the operational table and the HTTP API in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from lambdas.contracts.operational import INDEXES, PARTITION_KEY, SORT_KEY
from lambdas.lake.layout import IMPORTS
from stacks.access import allow_prefixes
from stacks.functions import Functions, Room
from stacks.gateway import Gateway

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from stacks.bundling import Bundler
    from stacks.identities import IdentitiesStack
    from stacks.lake import LakeStack
    from stacks.settings import Settings

API = Room(handler="api.handler", bundle="api", rooms=["api"], memory=1024, timeout=29)
TABLE_ACTIONS = (
    "GetItem",
    "BatchGetItem",
    "Query",
    "PutItem",
    "UpdateItem",
    "ConditionCheckItem",
)
OFFERING_ACTIONS = ("GetItem", "BatchGetItem", "PutItem", "UpdateItem")


class ShopStack(Stack):
    """DynamoDB table with a stream, one function, an HTTP API."""

    def __init__(
        self,
        scope: Construct,
        stack_id: str,
        *,
        settings: Settings,
        lake: LakeStack,
        identities: IdentitiesStack | None,
        bundler: Bundler,
    ) -> None:
        super().__init__(scope, stack_id, description="Samn's Mercado: the operational API")
        self.settings = settings
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(
                name=PARTITION_KEY, type=dynamodb.AttributeType.STRING
            ),
            sort_key=dynamodb.Attribute(name=SORT_KEY, type=dynamodb.AttributeType.STRING),
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
        for index in INDEXES:
            self.table.add_global_secondary_index(
                index_name=index.name,
                partition_key=dynamodb.Attribute(
                    name=index.partition,
                    type=dynamodb.AttributeType.STRING
                    if index.partition_type == "S"
                    else dynamodb.AttributeType.NUMBER,
                ),
                sort_key=dynamodb.Attribute(name=index.sort, type=dynamodb.AttributeType.STRING),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )
        self.functions = Functions(self, settings, bundler)
        self.function = self.functions.add(
            "Api",
            API,
            {
                "TABLE_NAME": self.table.table_name,
                "LAKE_BUCKET": lake.bucket.bucket_name,
                "PRICE_CHECK": settings.price_check,
                "IMPORTS_DAYS": str(settings.imports_days),
                "AUTH": settings.auth,
            },
        )
        self._allow_reading_and_writing(self.function)
        allow_prefixes(self.function, lake, {IMPORTS: ("s3:PutObject",)})
        self.api = Gateway(self, settings, self.function, identities).api
        CfnOutput(self, "ApiUrl", value=self.api.api_endpoint)
        CfnOutput(self, "ApiId", value=self.api.api_id)
        CfnOutput(self, "TableName", value=self.table.table_name)

    def allow_scan(self, function: lambda_.Function) -> None:
        """Of the table, not of its indexes, which hold nothing more."""
        iam.Grant.add_to_principal(
            grantee=function, actions=["dynamodb:Scan"], resource_arns=[self.table.table_arn]
        )

    def allow_offering(self, function: lambda_.Function) -> None:
        """What it takes to write items and their categories, and to keep an import's record."""
        iam.Grant.add_to_principal(
            grantee=function,
            actions=[f"dynamodb:{name}" for name in OFFERING_ACTIONS],
            resource_arns=[self.table.table_arn],
        )

    def _allow_reading_and_writing(self, function: lambda_.Function) -> None:
        """The table itself by key, its indexes by query; nobody scans, nobody deletes."""
        iam.Grant.add_to_principal(
            grantee=function,
            actions=[f"dynamodb:{name}" for name in TABLE_ACTIONS],
            resource_arns=[self.table.table_arn],
        )
        iam.Grant.add_to_principal(
            grantee=function,
            actions=["dynamodb:Query"],
            resource_arns=[f"{self.table.table_arn}/index/{index.name}" for index in INDEXES],
        )
