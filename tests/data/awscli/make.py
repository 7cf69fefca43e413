#!/usr/bin/env python3
"""Makes the AWS CLI documents beside this file, with the real `aws` executable against moto's server.

    python3 -m venv venv && venv/bin/pip install 'moto[server]' boto3 awscli pyyaml
    venv/bin/python tests/data/awscli/make.py

What the CLI printed is written as it printed it, but for ids and dates that change from run to run, which are
replaced with fixed ones of the same form. `inputs/` has what the CLI takes; each of those was run. The CLI on PyPI is version 1,
which writes no YAML: the `.yaml` files are the same documents through PyYAML, as version 2 writes them.
moto leaves out some of what AWS prints (`LoggingConfig`, `DeadLetterConfig`, a URL statement's condition); tests/awscli.rs has those in
documents of its own.
"""

import io
import json
import logging
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

import yaml
from moto.server import ThreadedMotoServer

HERE = pathlib.Path(__file__).resolve().parent
ACCOUNT = "123456789012"
REGION = "eu-west-1"
AWS = str(pathlib.Path(sys.executable).parent / "aws")
ENVIRONMENT = {
    **os.environ,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_PAGER": "",
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
}
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

endpoint = ""
order = {}


def fixed(kind, form):
    """A replacement that gives the same id the same fixed one, numbered by first appearance."""

    def replace(match):
        seen = order.setdefault(kind, {})
        return form(seen.setdefault(match.group(0), len(seen) + 1))

    return replace


def normal(text):
    uuid = r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    text = re.sub(uuid, fixed("uuid", lambda n: f"00000000-0000-4000-8000-{n:012}"), text)
    text = re.sub(r"\bAROA[0-9A-Z]{17}\b", fixed("role", lambda n: f"AROAEXAMPLE{n:010}"), text)
    text = re.sub(r"\bANPA[0-9A-Z]{17}\b", fixed("policy", lambda n: f"ANPAEXAMPLE{n:010}"), text)
    text = re.sub(r"https://[0-9a-z]+\.lambda-url\.", "https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:?00)", "2026-01-02T03:04:05Z", text)
    text = re.sub(r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", "2026-01-02 03:04:05", text)
    text = re.sub(r'("(?:LastModified|CreationTime|LastModifiedTime)": )\d+(\.\d+)?', r"\g<1>1767323045.0", text)
    return re.sub(r"http://[^/\"]*amazonaws\.com|http://127\.0\.0\.1:\d+", "https://example.com", text)


def aws(*arguments):
    command = [AWS, "--endpoint-url", endpoint, "--output", "json", *arguments]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{arguments}\n{done.stderr[-2000:]}")
    return done.stdout


def dump(path, *arguments):
    """Writes what a command prints."""
    target = HERE / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(normal(aws(*arguments)))


def take(path, service, command, document, *arguments):
    """Writes an input document and runs the command with it."""
    target = HERE / "inputs" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=4) + "\n")
    aws(service, command, "--cli-input-json", target.as_uri(), *arguments)
    target.with_suffix(".yaml").write_text(yaml.safe_dump(document, sort_keys=False))


def archive(folder):
    """A deployment package that is the same in every run."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(zipfile.ZipInfo("app.py", (2026, 1, 2, 3, 4, 6)), "def handler(event, context):\n    return event\n")
    path = pathlib.Path(folder) / "code.zip"
    path.write_bytes(buffer.getvalue())
    return f"fileb://{path}"


def trust(service="lambda.amazonaws.com"):
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def allow(actions, resources):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources}]}


def application(folder):
    """`thumbnails/`: a bucket that runs a function that writes to it, dumped as the guide says."""
    code = archive(folder)
    aws("iam", "create-role", "--role-name", "resize-role", "--path", "/service/", "--assume-role-policy-document", json.dumps(trust()))
    role = f"arn:aws:iam::{ACCOUNT}:role/service/resize-role"
    aws("iam", "put-role-policy", "--role-name", "resize-role", "--policy-name", "write-thumbnails", "--policy-document",
        json.dumps(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::uploads/*")))
    shared = allow("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead-letters")
    aws("iam", "create-policy", "--policy-name", "send-dead-letters", "--policy-document", json.dumps(shared))
    aws("iam", "attach-role-policy", "--role-name", "resize-role", "--policy-arn", f"arn:aws:iam::{ACCOUNT}:policy/send-dead-letters")
    aws("iam", "attach-role-policy", "--role-name", "resize-role", "--policy-arn",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
    for queue in ("dead-letters", "jobs"):
        aws("sqs", "create-queue", "--queue-name", queue)
    aws("lambda", "publish-layer-version", "--layer-name", "images", "--zip-file", code, "--compatible-runtimes", "python3.12")
    aws("lambda", "create-function", "--function-name", "resize", "--runtime", "python3.8", "--handler", "app.handler", "--role", role,
        "--zip-file", code, "--environment", "Variables={LEVEL=info}", "--timeout", "30", "--tags", "team=media",
        "--dead-letter-config", f"TargetArn=arn:aws:sqs:{REGION}:{ACCOUNT}:dead-letters",
        "--layers", f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:images:1")
    aws("lambda", "put-function-concurrency", "--function-name", "resize", "--reserved-concurrent-executions", "5")
    aws("lambda", "publish-version", "--function-name", "resize")
    aws("lambda", "create-alias", "--function-name", "resize", "--name", "live", "--function-version", "1", "--description", "what users see")
    aws("lambda", "add-permission", "--function-name", "resize", "--statement-id", "uploads", "--action", "lambda:InvokeFunction",
        "--principal", "s3.amazonaws.com", "--source-arn", "arn:aws:s3:::uploads", "--source-account", ACCOUNT)
    aws("lambda", "add-permission", "--function-name", "resize", "--statement-id", "anybody", "--action", "lambda:InvokeFunctionUrl",
        "--principal", "*", "--function-url-auth-type", "NONE")
    aws("s3api", "create-bucket", "--bucket", "uploads", "--create-bucket-configuration", f"LocationConstraint={REGION}")
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:resize"
    notification = {"LambdaFunctionConfigurations": [{"Id": "resize", "LambdaFunctionArn": function,
        "Events": ["s3:ObjectCreated:Put", "s3:ObjectCreated:Copy"]}]}
    aws("s3api", "put-bucket-notification-configuration", "--bucket", "uploads", "--notification-configuration", json.dumps(notification))
    aws("lambda", "create-event-source-mapping", "--function-name", "resize", "--event-source-arn",
        f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs", "--batch-size", "10")
    aws("lambda", "create-function-url-config", "--function-name", "resize", "--auth-type", "NONE", "--cors", "AllowOrigins=*")
    aws("lambda", "put-function-event-invoke-config", "--function-name", "resize", "--maximum-retry-attempts", "1")

    dump("thumbnails/resize.function.json", "lambda", "get-function", "--function-name", "resize")
    dump("thumbnails/resize.policy.json", "lambda", "get-policy", "--function-name", "resize")
    dump("thumbnails/resize.mappings.json", "lambda", "list-event-source-mappings", "--function-name", "resize")
    dump("thumbnails/resize.url.json", "lambda", "get-function-url-config", "--function-name", "resize")
    dump("thumbnails/resize.invoke-config.json", "lambda", "get-function-event-invoke-config", "--function-name", "resize")
    dump("thumbnails/resize.aliases.json", "lambda", "list-aliases", "--function-name", "resize")
    dump("thumbnails/resize.versions.json", "lambda", "list-versions-by-function", "--function-name", "resize")
    dump("thumbnails/images.layer.json", "lambda", "get-layer-version", "--layer-name", "images", "--version-number", "1")
    dump("thumbnails/role.json", "iam", "get-role", "--role-name", "resize-role")
    dump("thumbnails/resize-role.role-policies.json", "iam", "list-role-policies", "--role-name", "resize-role")
    dump("thumbnails/write-thumbnails.json", "iam", "get-role-policy", "--role-name", "resize-role", "--policy-name", "write-thumbnails")
    dump("thumbnails/resize-role.attached-policies.json", "iam", "list-attached-role-policies", "--role-name", "resize-role")
    dump("thumbnails/send-dead-letters.policy-version.json", "iam", "get-policy-version", "--policy-arn",
         f"arn:aws:iam::{ACCOUNT}:policy/send-dead-letters", "--version-id", "v1")
    dump("thumbnails/uploads.notification.json", "s3api", "get-bucket-notification-configuration", "--bucket", "uploads")
    dump("single/get-function-configuration.json", "lambda", "get-function-configuration", "--function-name", "resize")
    dump("single/get-function-concurrency.json", "lambda", "get-function-concurrency", "--function-name", "resize")


def others(folder):
    """Documents of other functions, and of accounts as a whole."""
    take("create-role.json", "iam", "create-role",
         {"RoleName": "report-role", "AssumeRolePolicyDocument": json.dumps(trust()), "Description": "for report"})
    take("put-role-policy.json", "iam", "put-role-policy",
         {"RoleName": "report-role", "PolicyName": "all-of-s3", "PolicyDocument": json.dumps(allow("s3:*", "*"))})
    take("attach-role-policy.json", "iam", "attach-role-policy",
         {"RoleName": "report-role", "PolicyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"})
    aws("ecr", "create-repository", "--repository-name", "report")
    aws("s3api", "create-bucket", "--bucket", "code", "--create-bucket-configuration", f"LocationConstraint={REGION}")
    aws("s3api", "put-object", "--bucket", "code", "--key", "report.zip", "--body", archive(folder).removeprefix("fileb://"))
    take("create-function.json", "lambda", "create-function", {
        "FunctionName": "report",
        "Runtime": "nodejs22.x",
        "Role": f"arn:aws:iam::{ACCOUNT}:role/report-role",
        "Handler": "index.handler",
        "Code": {"S3Bucket": "code", "S3Key": "report.zip"},
        "Timeout": 3,
        "MemorySize": 256,
        "Environment": {"Variables": {"STAGE": "prod"}},
        "TracingConfig": {"Mode": "PassThrough"},
        "Architectures": ["arm64"],
        "Tags": {"team": "data"},
    })
    take("add-permission.json", "lambda", "add-permission", {
        "FunctionName": "report",
        "StatementId": "nightly",
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/nightly",
    })
    take("create-event-source-mapping.json", "lambda", "create-event-source-mapping", {
        "FunctionName": "report",
        "EventSourceArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs",
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    })
    take("update-function-configuration.json", "lambda", "update-function-configuration",
         {"FunctionName": "report", "Runtime": "nodejs18.x", "Timeout": 60})
    take("put-bucket-notification-configuration.json", "s3api", "put-bucket-notification-configuration", {
        "Bucket": "code",
        "NotificationConfiguration": {"LambdaFunctionConfigurations": [{
            "LambdaFunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:report",
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}},
        }]},
    })
    take("create-alias.json", "lambda", "create-alias", {"FunctionName": "report", "Name": "live", "FunctionVersion": "$LATEST"})
    aws("lambda", "create-function", "--function-name", "convert", "--package-type", "Image", "--role",
        f"arn:aws:iam::{ACCOUNT}:role/report-role", "--code", f"ImageUri={ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/report@sha256:" + "0" * 64,
        "--image-config", "Command=app.handler")
    dump("single/get-function-image.json", "lambda", "get-function", "--function-name", "convert")
    dump("single/list-functions.json", "lambda", "list-functions")
    dump("single/list-roles.json", "iam", "list-roles", "--query", "{Roles: sort_by(Roles, &RoleName)}")
    dump("single/get-account-authorization-details.json", "iam", "get-account-authorization-details", "--filter", "Role", "LocalManagedPolicy",
         "--query", "{RoleDetailList: sort_by(RoleDetailList, &RoleName), Policies: sort_by(Policies, &Arn)}")


def in_yaml():
    """The same documents as YAML."""
    for path in sorted((HERE / "thumbnails").glob("*.json")):
        target = HERE / "thumbnails-yaml" / path.with_suffix(".yaml").name
        target.parent.mkdir(exist_ok=True)
        target.write_text(yaml.safe_dump(json.loads(path.read_text()), sort_keys=False))


def main():
    global endpoint
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}".replace("0.0.0.0", "127.0.0.1")
    with tempfile.TemporaryDirectory() as folder:
        application(folder)
        others(folder)
    in_yaml()
    server.stop()


if __name__ == "__main__":
    main()
