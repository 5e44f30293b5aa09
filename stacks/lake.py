"""The lake: one encrypted, versioned bucket of zones, and the gold tables in the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from lambdas.contracts import CONTRACTS
from lambdas.contracts.fields import FIRST_DAY
from lambdas.lake.layout import IMPORTS, INGEST
from stacks.denies import deny
from stacks.people.table import ATHENA_RESULTS

if TYPE_CHECKING:
    from constructs import Construct

    from lambdas.contracts import Column, Contract
    from stacks.settings import Settings

REWRITTEN = (
    IMPORTS,
    INGEST,
    "cleaned/",
    "work/",
    "gold/",
    "quarantine/",
    "runs/",
    "erasures/",
    ATHENA_RESULTS,
)
"""Zones whose objects are rewritten or expire: what they were before is kept for `noncurrent_days`.

Not raw/, where every version is data that a replay reads.
"""
FIRST_MONTH = f"{FIRST_DAY // 10_000}-{FIRST_DAY // 100 % 100:02d}"
"""Partition projection starts here, and so does what the contract accepts."""


class LakeStack(Stack):
    """Key, bucket with what it refuses, Glue database with declared tables."""

    def __init__(self, scope: Construct, stack_id: str, *, settings: Settings) -> None:
        super().__init__(scope, stack_id, description="Samn's Mercado: the lake and its catalogue")
        self.settings = settings
        removal = RemovalPolicy.DESTROY if settings.destroy_data else RemovalPolicy.RETAIN
        self.key = kms.Key(
            self,
            "Key",
            description="Encrypts the lake and what analysts read of it",
            enable_key_rotation=True,
            removal_policy=removal,
        )
        self.access_logs = self._access_logs(removal)
        self.bucket = self._bucket(removal)
        self.log_access_to(self.bucket, "lake")
        self.database = glue.CfnDatabase(
            self,
            "Gold",
            catalog_id=self.account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=settings.gold_database, description="The star that analysts query"
            ),
        )
        for contract in CONTRACTS:
            self._table(contract)

    def log_access_to(self, bucket: s3.Bucket, name: str) -> None:
        """Who reads and writes the bucket is written down under `<name>/` of the access logs.

        Not by the construct's own property, since a bucket of another stack would then have to
        be known to this one's policy.
        """
        resource = cast("s3.CfnBucket", bucket.node.default_child)
        resource.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
            destination_bucket_name=self.access_logs.bucket_name, log_file_prefix=f"{name}/"
        )

    def _access_logs(self, removal: RemovalPolicy) -> s3.Bucket:
        """Where S3 logs access. It delivers to buckets with S3's own keys only."""
        bucket = s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            removal_policy=removal,
            auto_delete_objects=self.settings.destroy_data,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="expire",
                    expiration=Duration.days(self.settings.log_retention_days),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects("*")],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        return bucket

    def _bucket(self, removal: RemovalPolicy) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            removal_policy=removal,
            auto_delete_objects=self.settings.destroy_data,
            lifecycle_rules=_lifecycle(self.settings),
        )
        deny(bucket, self.settings)
        # CDK's event_bridge_enabled=True brings a custom resource with a function of its own;
        # the bucket's own property says the same in plain CloudFormation.
        resource = cast("s3.CfnBucket", bucket.node.default_child)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )
        return bucket

    def _table(self, contract: Contract) -> None:
        location = f"s3://{self.bucket.bucket_name}/gold/{contract.table}/"
        table = glue.CfnTable(
            self,
            f"Gold{contract.table.title()}",
            catalog_id=self.account,
            database_name=self.settings.gold_database,
            table_input=glue.CfnTable.TableInputProperty(
                name=contract.table,
                description=contract.description,
                table_type="EXTERNAL_TABLE",
                parameters={"classification": "parquet", **_projection(contract, location)},
                partition_keys=_partition_keys(contract),
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    location=location,
                    columns=[_glue_column(column) for column in contract.columns],
                    input_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                    output_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library=(
                            "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
                        )
                    ),
                ),
            ),
        )
        table.add_resource_dependency(self.database)


def _lifecycle(settings: Settings) -> list[s3.LifecycleRule]:
    """What goes, and when; raw, state, gold and the list of who was erased stay."""
    expiring = {
        IMPORTS: settings.imports_days,
        "cleaned/": settings.cleaned_days,
        "work/delta/": settings.delta_days,
        "work/replay/": settings.replay_days,
        "quarantine/": settings.quarantine_days,
        "runs/": settings.runs_days,
        ATHENA_RESULTS: settings.athena_result_days,
    }
    return [
        s3.LifecycleRule(
            id="unfinished-uploads", abort_incomplete_multipart_upload_after=Duration.days(1)
        ),
        s3.LifecycleRule(id="lone-delete-markers", expired_object_delete_marker=True),
        *(
            s3.LifecycleRule(
                id=f"noncurrent-{prefix.strip('/')}",
                prefix=prefix,
                noncurrent_version_expiration=Duration.days(settings.noncurrent_days),
            )
            for prefix in REWRITTEN
        ),
        *(
            s3.LifecycleRule(
                id=f"expire-{prefix.strip('/').replace('/', '-')}",
                prefix=prefix,
                expiration=Duration.days(days),
            )
            for prefix, days in expiring.items()
        ),
    ]


def _glue_column(column: Column) -> glue.CfnTable.ColumnProperty:
    return glue.CfnTable.ColumnProperty(
        name=column.name, type=column.type.value.glue, comment=column.description
    )


def _partition_keys(contract: Contract) -> list[glue.CfnTable.ColumnProperty]:
    if contract.partition is None:
        return []
    return [
        glue.CfnTable.ColumnProperty(
            name=contract.partition.column, type="string", comment="Calendar month as yyyy-mm"
        )
    ]


def _projection(contract: Contract, location: str) -> dict[str, str]:
    """Partition projection: Athena computes the months, nobody registers partitions."""
    if contract.partition is None:
        return {}
    column = contract.partition.column
    return {
        "projection.enabled": "true",
        f"projection.{column}.type": "date",
        f"projection.{column}.format": "yyyy-MM",
        f"projection.{column}.range": f"{FIRST_MONTH},NOW+1MONTHS",
        f"projection.{column}.interval": "1",
        f"projection.{column}.interval.unit": "MONTHS",
        "storage.location.template": f"{location}{column}=${{{column}}}/",
    }
