"""What the SAM translator makes of a template and what lambda-lint lowers it to, in one form.

The translator's output is read by lambda-lint as the plain CloudFormation that it is, so both sides go through the same
code from there on; what is compared is only what SAM's part of the front-end makes.
"""

import datetime
import json
import os
import re
import subprocess
import tempfile

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

KINDS = {
    "AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping", "AWS::IAM::Role",
}
MORE_KINDS = KINDS | {
    "AWS::Lambda::Alias", "AWS::Lambda::Url", "AWS::Lambda::EventInvokeConfig", "AWS::SNS::Subscription", "AWS::S3::Bucket",
    "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::Logs::SubscriptionFilter", "AWS::IoT::TopicRule",
    "AWS::Cognito::UserPool", "AWS::IAM::ManagedPolicy", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy",
}
# Where a hash stands in a name, and what SAM writes only for itself.
HASH = re.compile(r"[0-9a-f]{10}\b")
UNCOMPARED = {
    "AWS::Lambda::Function": {"Code", "Tags", "Description"},
    "AWS::IAM::Role": {"Tags"},
    "AWS::Lambda::Alias": {"FunctionVersion"},
    "AWS::S3::Bucket": {"Tags"},
    "AWS::SQS::Queue": {"Tags"},
}


def package(template):
    """Puts S3 in the place of local paths, as `sam package` would; the translator refuses those."""
    def fill(properties, kind):
        for name in ("CodeUri", "ContentUri", "DefinitionUri", "SchemaUri", "Location"):
            if isinstance(properties.get(name), str) and not properties[name].startswith("s3://"):
                properties[name] = "s3://bucket/key"
        if kind == "AWS::Serverless::Function":
            if properties.get("PackageType") == "Image":
                properties.setdefault("ImageUri", "111122223333.dkr.ecr.us-east-1.amazonaws.com/image:1")
            elif not {"CodeUri", "InlineCode", "ImageUri"} & set(properties):
                properties["CodeUri"] = "s3://bucket/key"

    for body in (template.get("Globals") or {}).values():
        if isinstance(body, dict):
            fill(body, "")
    for body in (template.get("Resources") or {}).values():
        if isinstance(body, dict) and str(body.get("Type")).startswith("AWS::Serverless::"):
            if isinstance(body.get("Properties"), dict):
                fill(body["Properties"], body["Type"])


def without_dates(value):
    """`Version: 2012-10-17` is a text to CloudFormation."""
    if isinstance(value, dict):
        return {key: without_dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_dates(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def translate(path):
    """The translator's output as JSON, or its complaint."""
    with open(path, encoding="utf-8") as file:
        template = without_dates(yaml_parse(file))
    package(template)
    parameters = {}
    return json.dumps(transform(template, parameters, None), default=str)


def dump(binary, paths):
    done = subprocess.run([binary], input="\n".join(paths) + "\n", capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


class Form:
    """Puts resources into the form that is compared."""

    def __init__(self, template):
        parameters = template.get("Parameters") if isinstance(template, dict) else None
        self.defaults = {
            name: str(body["Default"])
            for name, body in (parameters or {}).items()
            if isinstance(body, dict) and not isinstance(body.get("Default"), (list, dict, type(None), bool))
            and not str(body.get("Type", "")).startswith("AWS::SSM")
        }
        self.defaults["AWS::Partition"] = "aws"
        self.defaults["AWS::Region"] = "us-east-1"

    def text(self, text):
        # The translator knows the region that it runs for and the defaults, and writes them into some places.
        text = re.sub(r"\$\{([A-Za-z0-9:]+)\}", lambda m: self.defaults.get(m[1], m[0]), text)
        text = HASH.sub("#", text)
        # A reference to a version or layer has the hash of its content in its name.
        text = re.sub(r"(\$\{[A-Za-z0-9]+)#([.}])", r"\1\2", text)
        return re.sub(r"^(\d+)\.0$", r"\1", text.lower() if text in ("True", "False") else text)

    def value(self, value):
        if isinstance(value, dict):
            out = {self.text(key): self.value(inner) for key, inner in value.items()}
            if set(out) == {"?"}:
                cases = sorted(({json.dumps(case, sort_keys=True): case for case in out["?"]}).values(), key=str)
                return {"?": cases}
            return out
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        if value is None:
            return None
        return self.text(str(value))

    def resources(self, dumped, kinds):
        found = {}
        for resource in dumped["resources"]:
            if resource["kind"] not in kinds:
                continue
            body = self.value(resource["properties"])
            if not isinstance(body, dict):
                body = {"": body}
            for name in UNCOMPARED.get(resource["kind"], ()):
                body.pop(name, None)
            if resource["kind"] == "AWS::IAM::Role":
                body = role(body)
            if resource["kind"] in ("AWS::IAM::ManagedPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
                body["PolicyDocument"] = statements(body.get("PolicyDocument"))
            if resource["kind"] == "AWS::S3::Bucket":
                config = body.get("NotificationConfiguration", {}) or {}
                triggers = config.get("LambdaConfigurations", []) if isinstance(config, dict) else config
                body = {"LambdaConfigurations": sorted(map(spelled, triggers or []))}
            for name, inner in list(body.items()):
                body[name] = inner if inner not in ({}, []) else None
            body = {name: inner for name, inner in body.items() if inner is not None}
            body["when"] = resource["when"]
            found.setdefault((resource["kind"], HASH.sub("#", resource["address"])), []).append(body)
        return found


def spelled(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def role(body):
    """A role as what counts: who may take it, and all statements with the deployments that they are in."""
    out = {name: value for name, value in body.items() if name not in ("Policies", "ManagedPolicyArns")}
    out["AssumeRolePolicyDocument"] = statements(body.get("AssumeRolePolicyDocument"))
    arns = set()
    for arn in body.get("ManagedPolicyArns") or []:
        cases = arn["?"] if isinstance(arn, dict) and "?" in arn else [["", arn]]
        arns |= {spelled(case) for case in cases if case[-1] is not None}
    out["ManagedPolicyArns"] = sorted(arns)
    granted = []
    for policy in body.get("Policies") or []:
        cases = policy["?"] if isinstance(policy, dict) and "?" in policy else [["", policy]]
        for case in cases:
            if len(case) == 2 and isinstance(case[1], dict):
                granted += [f"{case[0]} {text}".strip() for text in statements(case[1].get("PolicyDocument"))]
            elif case[-1] not in (None, "…"):
                granted.append(spelled(case))
            elif case == ["…"]:
                granted.append("…")
    out["Policies"] = sorted(set(granted))
    return out


def statements(document):
    if not isinstance(document, dict) or "Statement" not in document:
        return [spelled(document)]
    listed = document["Statement"]
    out = []
    for statement in listed if isinstance(listed, list) else [listed]:
        if isinstance(statement, dict) and "?" not in statement:
            statement = dict(statement)
            for key in ("Action", "Resource"):
                value = statement.get(key)
                if isinstance(value, list) and len(value) == 1:
                    statement[key] = value[0]
        out.append(spelled(statement))
    return sorted(out)


def differences(ours, theirs):
    """Lines that say what only one side has. Resources that differ in name alone are equal."""
    for key in [key for key in ours if key not in theirs]:
        same = [other for other in theirs if other not in ours and other[0] == key[0] and theirs[other] == ours[key]]
        if same:
            del theirs[same[0]], ours[key]
    for key in sorted(set(ours) | set(theirs)):
        name = f"{key[0]} {key[1]}"
        mine, other = ours.get(key), theirs.get(key)
        if mine is None:
            yield f"{name}: only the translator makes it"
        elif other is None:
            yield f"{name}: only lambda-lint makes it"
        elif len(mine) != len(other):
            yield f"{name}: {len(mine)} times here, {len(other)} times from the translator"
        else:
            rest = [body for body in other if body not in mine]
            for body in [body for body in mine if body not in other]:
                against = rest.pop(0) if rest else {}
                for field in sorted(set(body) | set(against)):
                    a, b = body.get(field), against.get(field)
                    if a == b:
                        continue
                    if isinstance(a, list) and isinstance(b, list):
                        a, b = [x for x in a if x not in b], [x for x in b if x not in a]
                    yield f"{name}.{field}: here {spelled(a)}, from the translator {spelled(b)}"


class Comparison:
    """Translates and dumps a set of templates; `results` maps each path to a list of differences or a reason."""

    def __init__(self, binary, paths, kinds=KINDS):
        self.results = {}
        with tempfile.TemporaryDirectory() as folder:
            translated, refused = {}, {}
            for number, path in enumerate(paths):
                try:
                    output = translate(path)
                except Exception as error:  # noqa: BLE001 - the translator raises what it likes
                    refused[path] = getattr(error, "message", None) or repr(error)
                    continue
                translated[path] = os.path.join(folder, f"{number}.json")
                with open(translated[path], "w", encoding="utf-8") as file:
                    file.write(output)
            done = list(translated)
            mine = dict(zip(paths, dump(binary, paths)))
            theirs = dict(zip(done, dump(binary, [translated[path] for path in done]) if done else []))
        for path in paths:
            if path in refused:
                self.results[path] = f"refused by the translator: {refused[path]}"
            elif "error" in mine[path]:
                self.results[path] = f"not read: {mine[path]['error']}"
            elif "error" in theirs[path]:
                self.results[path] = f"output not read: {theirs[path]['error']}"
            else:
                with open(path, encoding="utf-8") as file:
                    form = Form(yaml_parse(file))
                self.results[path] = list(
                    differences(form.resources(mine[path], kinds), form.resources(theirs[path], kinds)))
