"""Writes schemas.tsv: which properties the types of resources have, and what those can be.

    pip install cfn-lint==1.58.0 aws-sam-translator==1.115.0
    python src/data/facts/schemas.py > src/data/facts/schemas.tsv

CloudFormation's types are those that AWS publishes in its registry, as they come with cfn-lint (its corrections among
them). SAM's are the models of its translator, with whatever more the translator's own property tables take.

A line is one property of one shape, tab separated, sorted by shape:

    shape  property  flags  kinds  facts...

shape: a type of resource, or a part of one after `/`. An empty property: the line is about the shape itself.
flags: r must be given, o only AWS sets it; of a shape: x it may have properties beyond those listed.
kinds: s text, i whole number, n number, b true or false, l list, o map; nothing: anything.
`Name[]` tells what the items of a list are, `Name{}` what the values of a map are.
facts: of=shape | by=KEY>shape,... (the shape depends on the text beside it) | enum= | re= | key= | min= max= (numbers) |
len= (characters, low..high) | items= (low..high) | unique | not=A>B,C (of a shape: A excludes B and C)
"""

import importlib
import importlib.metadata
import inspect
import json
import os
import pkgutil
import sys

import cfnlint
import samtranslator
from samtranslator.internal.schema_source import schema as sam_source
from samtranslator.plugins.globals.globals import Globals

RETRIEVED = "2026-11-23"
DATA = os.path.join(os.path.dirname(cfnlint.__file__), "data", "schemas")

# Besides Lambda's own and SAM's: what triggers functions, what they need, and what answers for them.
OTHERS = """
ApiGateway::Account ApiGateway::Authorizer ApiGateway::Deployment ApiGateway::Method ApiGateway::Resource
ApiGateway::RestApi ApiGateway::Stage ApiGateway::UsagePlan ApiGatewayV2::Api ApiGatewayV2::Authorizer ApiGatewayV2::Deployment
ApiGatewayV2::Integration ApiGatewayV2::Route ApiGatewayV2::Stage AppSync::DataSource AppSync::FunctionConfiguration
AppSync::Resolver CloudWatch::Alarm Cognito::UserPool Config::ConfigRule DynamoDB::Table EC2::SecurityGroup
ElasticLoadBalancingV2::TargetGroup Events::Connection Events::EventBus Events::Rule IAM::ManagedPolicy IAM::Policy IAM::Role
IoT::TopicRule Kinesis::Stream Kinesis::StreamConsumer KMS::Key Logs::Destination Logs::LogGroup Logs::SubscriptionFilter
Pipes::Pipe S3::Bucket S3::BucketPolicy SNS::Subscription SNS::Topic SNS::TopicPolicy SQS::Queue SQS::QueuePolicy
Scheduler::Schedule Scheduler::ScheduleGroup SecretsManager::RotationSchedule SecretsManager::Secret
StepFunctions::StateMachine
""".split()

# What another rule says better: (name of a type without its service, property) -> facts.
LEFT_OUT = {
    # unknown-runtime and deprecated-runtime
    ("Function", "Runtime"): {"enum"},
    ("Globals.Function", "Runtime"): {"enum"},
    ("LayerVersion", "CompatibleRuntimes[]"): {"enum"},
    # schedule-expression
    ("Rule", "ScheduleExpression"): {"re"},
    ("Schedule", "ScheduleExpression"): {"re"},
    ("Schedule/FlexibleTimeWindow", "MaximumWindowInMinutes"): {"min", "max"},
    # eventbridge-target
    ("Rule", "Targets"): {"items"},
    ("Rule/RetryPolicy", "MaximumRetryAttempts"): {"min", "max"},
    ("Rule/RetryPolicy", "MaximumEventAgeInSeconds"): {"min", "max"},
    # permission-source-too-wide and its like
    ("Permission", "SourceArn"): {"re"},
    # layer-arn
    ("Function", "Layers"): {"unique"},
    ("Globals.Function", "Layers"): {"unique"},
    # The names of environment variables have rules of their own.
    ("Function/Environment", "Variables"): {"key"},
}


# `aws cloudformation package` puts an S3 address in the place of the path of a folder.
PACKAGED = {
    ("AWS::Lambda::Function", "Code"),
    ("AWS::Lambda::LayerVersion", "Content"),
    ("AWS::ApiGateway::RestApi", "BodyS3Location"),
    ("AWS::StepFunctions::StateMachine", "DefinitionS3Location"),
}


class Table:
    def __init__(self):
        self.lines = {}

    def shape(self, name, flags="", facts=()):
        self.lines.setdefault((name, ""), [flags, "", *facts])

    def known(self, name):
        return (name, "") in self.lines

    def add(self, shape, prop, flags, kinds, facts):
        out = LEFT_OUT.get((shape.rpartition("::")[2].removeprefix("SAM/"), prop), set())
        facts = [fact for fact in facts if fact.partition("=")[0] not in out]
        if (shape, prop) in PACKAGED:
            kinds = "os"
        for fact in facts:
            assert "\t" not in fact and "\n" not in fact, (shape, prop, fact)
        self.lines[(shape, prop)] = [flags, kinds, *facts]

    def write(self, out):
        for (shape, prop), fields in sorted(self.lines.items()):
            out.write("\t".join([shape, prop, *fields]).rstrip("\t") + "\n")


LETTERS = {"string": "s", "integer": "i", "number": "n", "boolean": "b", "array": "l", "object": "o"}


def pattern_of(pattern):
    """A pattern as it is meant, without what Rust's `regex` lacks where it can be said in another way."""
    # `^(…)|()$` matches every text; the service asks for the whole text to match.
    if pattern.startswith("^(") and pattern.endswith(")|()$"):
        pattern = "^(" + pattern[1:-4] + ")?$"
    elif pattern.startswith("(arn:") and pattern.endswith(")|()"):
        pattern = "^(" + pattern[:-3] + ")?$"
    # The name of a bucket does not end with a dot.
    return pattern.replace("[0-9A-Za-z\\.\\-_]*(?<!\\.)$", "[0-9A-Za-z\\.\\-_]*[0-9A-Za-z\\-_]$")


def span_of(low, high):
    return f"{'' if low is None else low}..{'' if high is None else high}"


class CloudFormation:
    """The registry's schemas."""

    def __init__(self, table):
        self.table = table
        with open(os.path.join(DATA, "providers", "us-east-1.json"), encoding="utf-8") as file:
            self.files = json.load(file)
        self.loaded = {}

    def load(self, kind):
        if kind not in self.loaded:
            with open(os.path.join(DATA, "resources", self.files[kind] + ".json"), encoding="utf-8") as file:
                self.loaded[kind] = json.load(file)
        return self.loaded[kind]

    def type(self, kind):
        schema = self.load(kind)
        read_only = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties", [])}
        # What can be written somewhere is not the service's alone.
        self.object(kind, kind, schema, {path for path in read_only})

    def resolve(self, kind, schema):
        """A schema with its reference followed, and the name that the reference gives it."""
        name = None
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            target = self.load(kind)
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
        return schema, name

    def object(self, kind, shape, schema, read_only=frozenset()):
        if self.table.known(shape):
            return
        properties, required = dict(schema.get("properties", {})), set(schema.get("required", []))
        alternatives = [self.resolve(kind, each)[0] for each in schema.get("oneOf", []) + schema.get("anyOf", [])]
        for each in alternatives:
            for name, value in each.get("properties", {}).items():
                properties.setdefault(name, value)
        facts = []
        for name, others in schema.get("dependentExcluded", {}).items():
            facts.append(f"not={name}>{','.join(others)}")
        closed = schema.get("additionalProperties") is False or alternatives and all(each.get("additionalProperties") is False for each in alternatives)
        self.table.shape(shape, "" if closed else "x", facts)
        for name, value in properties.items():
            flags = "r" if name in required else ""
            if name in read_only:
                flags += "o"
            self.property(kind, shape, name, flags, value)

    def property(self, kind, shape, name, flags, schema):
        schema, called = self.resolve(kind, schema)
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else list(types)
        facts = []
        either = [self.resolve(kind, each)[0] for each in schema.get("oneOf", []) + schema.get("anyOf", [])]
        for each in either:
            more = each.get("type", [])
            types += [more] if isinstance(more, str) else more
        if not types and "enum" in schema:
            types = ["string"]
        if not types and ("properties" in schema or any("properties" in each for each in either)):
            types = ["object"]
        kinds = "".join(sorted({LETTERS[each] for each in types if each in LETTERS}))
        enum = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if enum and all(isinstance(each, str) for each in enum):
            facts.append("enum=" + "|".join(enum))
        elif enum and all(isinstance(each, int) for each in enum):
            facts.append("enum=" + "|".join(map(str, enum)))
        if "pattern" in schema and kinds == "s" and not enum:
            facts.append("re=" + pattern_of(schema["pattern"]))
        for bound, key in (("min", "minimum"), ("max", "maximum")):
            if key in schema:
                facts.append(f"{bound}={schema[key]}")
        if kinds == "s" and not enum and ("minLength" in schema or "maxLength" in schema):
            facts.append("len=" + span_of(schema.get("minLength"), schema.get("maxLength")))
        if "minItems" in schema or "maxItems" in schema:
            facts.append("items=" + span_of(schema.get("minItems"), schema.get("maxItems")))
        if schema.get("uniqueItems"):
            facts.append("unique")
        if "l" in kinds and isinstance(schema.get("items"), dict):
            self.property(kind, shape, name + "[]", "", schema["items"])
        patterns = schema.get("patternProperties", {})
        if "o" in kinds and ("properties" in schema or any("properties" in each for each in either)):
            inner = f"{kind}/{called or (shape.partition('/')[2] + '.' + name).strip('.').replace('[]', '').replace('{}', '')}"
            self.object(kind, inner, schema)
            facts.append("of=" + inner)
        elif "o" in kinds and len(patterns) == 1 and schema.get("additionalProperties") is False:
            (pattern, value), = patterns.items()
            facts.append("key=" + pattern)
            self.property(kind, shape, name + "{}", "", value)
        elif "o" in kinds and isinstance(schema.get("additionalProperties"), dict):
            self.property(kind, shape, name + "{}", "", schema["additionalProperties"])
        self.table.add(shape, name, flags, kinds, facts)

    def passed_to(self, path, shape, name, flags):
        """A property that SAM passes on: what CloudFormation says of it there. Whether there is such a place."""
        kind, _, part = path[0].partition(".")
        if kind not in self.files:
            return False
        schema = self.load(kind)
        if part:
            schema = schema.get("definitions", {}).get(part)
        elif path[1:2] == ["Properties"]:
            path = [path[0], *path[2:]]
        for step in path[1:]:
            if schema is None:
                return False
            schema = self.resolve(kind, schema.get("properties", {}).get(step) or {})[0] if step in schema.get("properties", {}) else None
        if schema is None:
            return False
        holder = self.load(kind)
        if part:
            holder = holder["definitions"][part]
        for step in path[1:-1]:
            holder = self.resolve(kind, holder["properties"][step])[0]
        target = holder["properties"][path[-1]] if len(path) > 1 else holder
        self.property(kind, shape, name, flags, target)
        return True


class Sam:
    """The models of SAM's translator."""

    # Models that leave the type of a property open are read as the type it is passed to.
    LIKE = {"Function": "AWS::Lambda::Function"}
    POLLED = {"Kinesis", "DynamoDB", "DocumentDB", "SQS", "MSK", "MQ", "SelfManagedKafka"}
    # Lists in CloudFormation, a single text in SAM.
    OPEN = {("EndpointConfiguration", "Type"), ("EndpointConfiguration", "VPCEndpointIds")}
    # What the translator takes besides what its models say: kinds, facts.
    CORRECTED = {
        ("AWS::Serverless::Api", "EndpointConfiguration"): ("os", ["of=SAM/EndpointConfiguration"]),
        ("SAM/EndpointConfiguration", "VpcEndpointIds"): ("", []),
        ("SAM/PrimaryKey", "Type"): ("s", ["enum=String|Number|Binary"]),
        ("SAM/api.ResourcePolicy", "CustomStatements"): ("", []),
        ("SAM/function.ResourcePolicy", "CustomStatements"): ("", []),
        ("SAM/statemachine.ResourcePolicy", "CustomStatements"): ("", []),
        # A destination of SAM has a type, for the policy that it makes.
        ("SAM/DestinationConfig", ""): None,
        ("SAM/DestinationConfig", "OnFailure"): ("o", ["of=SAM/Destination"]),
        ("SAM/Destination", ""): None,
        ("SAM/Destination", "Destination"): ("s", []),
        ("SAM/Destination", "Type"): ("s", []),
        **{(f"SAM/Function.{kind}", "DestinationConfig"): ("o", ["of=SAM/DestinationConfig"]) for kind in ("Kinesis", "DynamoDB", "MSK", "SelfManagedKafka")},
    }

    def __init__(self, table, cloudformation):
        self.table, self.cloudformation = table, cloudformation
        self.definitions = sam_source.get_schema(sam_source.SamModel)["definitions"]
        self.taken = taken_by_translator()

    def short(self, reference):
        name = reference.rpartition("/")[2]
        module, _, model = name.removeprefix("samtranslator__internal__schema_source__").rpartition("__")
        return f"SAM/{module.removeprefix('aws_serverless_') + '.' if module else ''}{model}"

    def all(self):
        prefix = "samtranslator__internal__schema_source__"
        for name, definition in self.definitions.items():
            if name.startswith(prefix) and name.endswith("__Resource") and "any_cfn" not in name:
                kind = definition["properties"]["Type"]["enum"][0]
                module = name.removeprefix(prefix).removesuffix("__Resource")
                properties = definition["properties"].get("Properties")
                if properties:
                    self.object(kind, self.target(properties), kind.rpartition("::")[2], self.taken.get(kind))
        for (shape, name), corrected in self.CORRECTED.items():
            if corrected is None:
                self.table.shape(shape)
            else:
                flags = self.table.lines.get((shape, name), [""])[0]
                self.table.lines.pop((shape, name + "[]"), None)
                self.table.add(shape, name, flags, *corrected)
        # What may stand in Globals, from the translator itself.
        self.table.shape("SAM/Globals")
        for section, names in sorted(Globals.supported_properties.items()):
            section = section.removeprefix("AWS::Serverless::")
            inner = f"SAM/Globals.{section}"
            self.table.add("SAM/Globals", section, "", "o", [f"of={inner}"])
            self.table.shape(inner)
            for name in names:
                line = self.table.lines.get((f"AWS::Serverless::{section}", name))
                flags, kinds, *facts = line if line else ("", "")
                self.table.add(inner, name, flags.replace("r", ""), kinds, facts)
                for suffix in ("[]", "{}", "[][]", "{}[]"):
                    more = self.table.lines.get((f"AWS::Serverless::{section}", name + suffix))
                    if more:
                        self.table.add(inner, name + suffix, *more[:2], more[2:])

    def target(self, schema):
        while True:
            if "$ref" in schema:
                return self.definitions[schema["$ref"].rpartition("/")[2]]
            (schema,) = schema["allOf"]

    def object(self, shape, definition, section, more=None):
        if self.table.known(shape):
            return
        closed = definition.get("additionalProperties") is False
        self.table.shape(shape, "" if closed else "x")
        # What the models ask for, if the translator does, too; the other way round it fills in by itself.
        inherited = Globals.supported_properties.get(shape, [])
        needed = set(definition.get("required", [])) & {name for name, needed in (more or {}).items() if needed}
        required = needed - set(inherited)
        for name, schema in definition["properties"].items():
            self.property(shape, name, "r" if name in required else "", schema, section)
        for name in sorted(set(more or {}) - set(definition["properties"])):
            self.table.add(shape, name, "", "", [])

    def property(self, shape, name, flags, schema, section):
        if "__samPassThrough" in schema:
            path = [step for step in schema["__samPassThrough"]["schemaPath"][1:] if step != "properties"]
            model = shape.rpartition(".")[2].rpartition("/")[2]
            if (model, name) not in self.OPEN and self.cloudformation.passed_to(path, shape, name, flags):
                return
            return self.table.add(shape, name, flags, "", [])
        if "allOf" in schema and len(schema["allOf"]) == 1:
            schema = schema["allOf"][0]
        if "$ref" in schema:
            reference = schema["$ref"]
            if reference.endswith("/PassThroughProp"):
                like = self.LIKE.get(section)
                if shape.startswith("AWS::Serverless::") and like and self.cloudformation.passed_to([like, "Properties", name], shape, name, flags):
                    return
                if section in self.POLLED and self.cloudformation.passed_to(["AWS::Lambda::EventSourceMapping", "Properties", name], shape, name, flags):
                    return
                return self.table.add(shape, name, flags, "", [])
            inner = self.short(reference)
            self.object(inner, self.target(schema), section, self.taken.get(inner))
            return self.table.add(shape, name, flags, "o", [f"of={inner}"])
        either = schema.get("anyOf", [schema])
        kinds, facts, inner = set(), [], []
        for each in either:
            if "$ref" in each:
                kinds.add("o")
                if not each["$ref"].endswith("/PassThroughProp"):
                    inner.append(each)
                else:
                    return self.table.add(shape, name, flags, "", [])
                continue
            if "type" not in each:
                return self.table.add(shape, name, flags, "", [])
            kinds.add(LETTERS[each["type"]])
            if "enum" in each and len(kinds - {"o"}) == 1:
                facts.append("enum=" + "|".join(each["enum"]))
            if each["type"] == "array" and each.get("items"):
                self.property(shape, name + "[]", "", each["items"], section)
            if each["type"] == "object":
                values = each.get("additionalProperties")
                if isinstance(values, dict) and values:
                    self.values(shape, name, values, section)
        types = [self.target(each) for each in inner]
        if inner and all(is_event(each) for each in types):
            facts.append("of=" + self.events(shape, types, section))
        elif len(inner) == 1:
            self.object(self.short(inner[0]["$ref"]), types[0], section, self.taken.get(self.short(inner[0]["$ref"])))
            facts.append("of=" + self.short(inner[0]["$ref"]))
        if name.endswith("[]") and "o" in kinds and not any(fact.startswith("of=") for fact in facts):
            # A function may stand for the item, or for the whole list.
            kinds, facts = [], []
        self.table.add(shape, name, flags, "".join(sorted(kinds)), facts)

    def values(self, shape, name, values, section):
        inner = values.get("anyOf", [values])
        types = [self.target(each) for each in inner if "$ref" in each and "PassThrough" not in each["$ref"]]
        if len(types) == len(inner) > 1 and all(is_event(each) for each in types):
            return self.table.add(shape, name + "{}", "", "o", ["of=" + self.events(shape, types, section)])
        return self.property(shape, name + "{}", "", values, section)

    def events(self, owner, models, section):
        """Events: what their properties are depends on their type."""
        shape = f"SAM/{section}.Event"
        if self.table.known(shape):
            return shape
        self.table.shape(shape)
        cases = []
        for model in models:
            (kind,) = model["properties"]["Type"]["enum"]
            inner = f"SAM/{section}.{kind}"
            self.object(inner, self.target(model["properties"]["Properties"]), kind, self.taken.get(inner))
            cases.append(f"{kind}>{inner}")
        kinds = [case.partition(">")[0] for case in cases]
        self.table.add(shape, "Type", "r", "s", ["enum=" + "|".join(sorted(kinds))])
        self.table.add(shape, "Properties", "", "o", ["by=Type:" + ",".join(sorted(cases))])
        return shape


def is_event(model):
    """Whether a model is a type with the properties of that type."""
    return "Properties" in model["properties"] and len(model["properties"].get("Type", {}).get("enum", [])) == 1


def taken_by_translator():
    """The properties that the translator's own classes take, by our shape, and whether it must have them."""
    taken = {}
    import samtranslator.model as model

    for module in pkgutil.walk_packages(model.__path__, "samtranslator.model."):
        try:
            found = importlib.import_module(module.name)
        except ImportError:
            continue
        for _, cls in inspect.getmembers(found, inspect.isclass):
            types = getattr(cls, "property_types", None)
            if not isinstance(types, dict) or cls.__module__ != module.name:
                continue
            kind = getattr(cls, "resource_type", None)
            if not isinstance(kind, str):
                continue
            types = {name: bool(each.required) for name, each in types.items() if not name.startswith("__")}
            if kind.startswith("AWS::Serverless::"):
                taken.setdefault(kind, {}).update(types)
            elif ".eventsources." in module.name or ".stepfunctions.events" in module.name:
                owner = "StateMachine" if "stepfunctions" in module.name else "Function"
                taken.setdefault(f"SAM/{owner}.{kind}", {}).update(types)
    return taken


# Properties that AWS documents and whose schemas are younger than ours (CloudFormation's and SAM's references, 2026-11-22).
NEWER = ("AWS::Lambda::Function", "AWS::Serverless::Function"), ("AcceleratorConfig", "RuntimeConfig")


def main():
    table = Table()
    cloudformation = CloudFormation(table)
    kinds = sorted(kind for kind in cloudformation.files if kind.startswith("AWS::Lambda::")) + ["AWS::" + kind for kind in OTHERS]
    for kind in kinds:
        cloudformation.type(kind)
    Sam(table, cloudformation).all()
    for shape in NEWER[0]:
        for name in NEWER[1]:
            if (shape, name) not in table.lines:
                table.add(shape, name, "", "", [])
    with open(os.path.join(DATA, "version.json"), encoding="utf-8") as file:
        day = json.load(file)["schema_date"][:10]
    versions = f"cfn-lint {importlib.metadata.version('cfn-lint')} (schemas of {day}), aws-sam-translator {samtranslator.__version__}"
    sys.stdout.write(f"# source: PyPI {versions}; made by schemas.py\n# day: {day}\n# retrieved: {RETRIEVED}\n")
    table.write(sys.stdout)


if __name__ == "__main__":
    main()
