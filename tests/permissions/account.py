"""The policies of synthesized templates as they would stand in an account: ids instead of Refs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stacks.policy.deployment import PATH, listed, without_self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Template = dict[str, Any]
NUMBER, REGION = "111122223333", "eu-west-1"
PSEUDO = {
    "AWS::AccountId": NUMBER,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}
HERE = f"{REGION}:{NUMBER}"
ARNS = {
    "AWS::ApiGatewayV2::Api": f"arn:aws:apigateway:{REGION}::/apis/{{name}}",
    "AWS::Athena::WorkGroup": f"arn:aws:athena:{HERE}:workgroup/{{name}}",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{HERE}:table/{{name}}",
    "AWS::Events::Rule": f"arn:aws:events:{HERE}:rule/{{name}}",
    "AWS::Glue::Database": f"arn:aws:glue:{HERE}:database/{{name}}",
    "AWS::IAM::ManagedPolicy": f"arn:aws:iam::{NUMBER}:policy/{{name}}",
    "AWS::IAM::Role": f"arn:aws:iam::{NUMBER}:role/{{name}}",
    "AWS::KMS::Key": f"arn:aws:kms:{HERE}:key/{{name}}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{HERE}:function:{{name}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{HERE}:log-group:{{name}}:*",
    "AWS::RedshiftServerless::Workgroup": f"arn:aws:redshift-serverless:{HERE}:workgroup/{{name}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SNS::Topic": f"arn:aws:sns:{HERE}:{{name}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{HERE}:{{name}}",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:{HERE}:stateMachine:{{name}}",
}
"""As the service's authorization reference has it; other types no policy names."""

REF_IS_ARN = {"AWS::IAM::ManagedPolicy", "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine"}
NAMED_BY = (
    "StateMachineName", "TableName", "QueueName", "RoleName", "LogGroupName", "FunctionName",
    "BucketName", "ManagedPolicyName", "TopicName", "WorkgroupName", "Name",
)  # fmt: skip
RESOURCE_POLICIES = {
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::SNS::TopicPolicy": "Topics",
}


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement as IAM would have it. `policy` and `number` are where it stands."""

    policy: str
    number: int
    body: dict[str, Any]
    owner: str = ""
    """The ARN of the resource whose own policy this is; empty for what is attached to a role."""

    def __str__(self) -> str:
        return f"{self.policy}#{self.number}"


@dataclass(frozen=True)
class Role:
    """`attached` are its own policies; `boundary` is None where nothing bounds it."""

    path: str
    arn: str
    attached: tuple[Statement, ...]
    trust: tuple[Statement, ...]
    boundary: tuple[Statement, ...] | None = None


class Account:
    """One deployment of the templates, by the ids that CloudFormation would give."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self._resources = {
            (stack, name): resource
            for stack, template in templates.items()
            for name, resource in template["Resources"].items()
        }
        self._exports = {
            output["Export"]["Name"]: (stack, output["Value"])
            for stack, template in templates.items()
            for output in template.get("Outputs", {}).values()
            if "Export" in output
        }
        self._by_path = {self.path(*key): key for key in self._resources}
        self.roles = {role.path: role for role in self._roles()}
        self.of_resources = tuple(self._resource_statements())

    def path(self, stack: str, name: str) -> str:
        """The construct's, such as `MercadoLake/Bucket`."""
        metadata = self._resources[stack, name].get("Metadata", {})
        return without_self(metadata.get(PATH, f"{stack}/{name}"))

    def arn(self, path: str) -> str:
        """Of the resource that the construct makes; raises KeyError."""
        return self._arn(*self._by_path[path])

    def ref(self, path: str) -> str:
        """What `Ref` gives for the resource that the construct makes."""
        return self._ref(*self._by_path[path])

    def paths(self, kind: str) -> list[str]:
        """Of all resources of a type."""
        return [path for path, key in self._by_path.items() if self._resources[key]["Type"] == kind]

    def resolve(self, stack: str, value: Any) -> Any:
        """The same structure without functions; raises KeyError for what has no known id."""
        if isinstance(value, list):
            return [self.resolve(stack, each) for each in value]
        if not isinstance(value, dict):
            return value
        match value:
            case {"Ref": str(name)}:
                found = PSEUDO[name] if name in PSEUDO else self._ref(stack, name)
            case {"Fn::GetAtt": [name, attribute]}:
                found = self._attribute(stack, name, attribute)
            case {"Fn::ImportValue": name}:
                found = self.resolve(*self._exports[self.resolve(stack, name)])
            case {"Fn::Join": [separator, parts]}:
                found = separator.join(self.resolve(stack, part) for part in parts)
            case _:
                return {name: self.resolve(stack, each) for name, each in value.items()}
        return found

    def _name(self, stack: str, name: str) -> str:
        properties = self._resources[stack, name].get("Properties", {})
        properties = {**properties, **properties.get("DatabaseInput", {})}
        given = next((properties[each] for each in NAMED_BY if each in properties), None)
        return str(self.resolve(stack, given)) if given else f"{stack}-{name}"

    def _arn(self, stack: str, name: str) -> str:
        resource = self._resources[stack, name]
        folder = str(resource.get("Properties", {}).get("Path", "/")).removeprefix("/")
        return ARNS[resource["Type"]].format(name=folder + self._name(stack, name))

    def _ref(self, stack: str, name: str) -> str:
        is_arn = self._resources[stack, name]["Type"] in REF_IS_ARN
        return self._arn(stack, name) if is_arn else self._name(stack, name)

    def _attribute(self, stack: str, name: str, attribute: str) -> str:
        if attribute == "StreamArn":
            return f"{self._arn(stack, name)}/stream/2026-01-01T00:00:00.000"
        if attribute.endswith("Arn"):
            return self._arn(stack, name)
        if attribute.endswith("Name"):
            return self._name(stack, name)
        raise KeyError(f"{self.path(stack, name)}: the id of {attribute} is not known")

    def _of_type(self, *kinds: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for (stack, name), resource in self._resources.items():
            if resource["Type"] in kinds:
                yield stack, name, self.resolve(stack, resource.get("Properties", {}))

    def _roles(self) -> Iterator[Role]:
        attached = self._attached()
        documents = {
            self._arn(stack, name): (self.path(stack, name), properties["PolicyDocument"])
            for stack, name, properties in self._of_type("AWS::IAM::ManagedPolicy")
        }
        for stack, name, properties in self._of_type("AWS::IAM::Role"):
            path, arn = self.path(stack, name), self._arn(stack, name)
            own = [
                (f"{path}/{each['PolicyName']}", each["PolicyDocument"])
                for each in properties.get("Policies", [])
            ]
            managed = [documents[each] for each in properties.get("ManagedPolicyArns", [])]
            given = [*own, *attached.get(self._name(stack, name), []), *managed]
            bound = properties.get("PermissionsBoundary")
            yield Role(
                path,
                arn,
                tuple(each for found in given for each in statements(*found)),
                tuple(statements(f"{path}/Trust", properties["AssumeRolePolicyDocument"], arn)),
                tuple(statements(*documents[bound])) if bound else None,
            )

    def _attached(self) -> dict[str, list[tuple[str, Any]]]:
        """(path, document) of the policies that name a role, by the role's name."""
        found: dict[str, list[tuple[str, Any]]] = {}
        for stack, name, properties in self._of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            for role in properties.get("Roles", []):
                policy = (self.path(stack, name), properties["PolicyDocument"])
                found.setdefault(role, []).append(policy)
        return found

    def _resource_statements(self) -> Iterator[Statement]:
        for stack, name, properties in self._of_type("AWS::KMS::Key"):
            yield from statements(
                f"{self.path(stack, name)}/Policy", properties["KeyPolicy"], self._arn(stack, name)
            )
        for stack, name, properties in self._of_type(*RESOURCE_POLICIES):
            field = RESOURCE_POLICIES[self._resources[stack, name]["Type"]]
            for owner in self._owners(stack, self._resources[stack, name]["Properties"][field]):
                yield from statements(self.path(stack, name), properties["PolicyDocument"], owner)
        for stack, name, properties in self._of_type("AWS::Lambda::Permission"):
            yield from statements(
                self.path(stack, name), _invocation(properties), properties["FunctionName"]
            )

    def _owners(self, stack: str, references: Any) -> list[str]:
        """ARNs of the resources that a policy is for: it names them by Ref, an id of any kind."""
        owners = [each["Ref"] for each in listed(references)]
        return [self._arn(stack, each) for each in owners]


def statements(path: str, document: Mapping[str, Any], owner: str = "") -> Iterator[Statement]:
    for number, body in enumerate(listed(document["Statement"]), start=1):
        yield Statement(path, number, body, owner)


def _invocation(permission: Mapping[str, Any]) -> dict[str, Any]:
    """What Lambda writes into a function's policy for a permission."""
    condition = {"ArnLike": {"AWS:SourceArn": permission["SourceArn"]}}
    return {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": permission["Principal"]},
            "Action": permission["Action"],
            "Resource": permission["FunctionName"],
            "Condition": condition if "SourceArn" in permission else {},
        }
    }
