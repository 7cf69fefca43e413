"""Properties that do not fit the schemas of their types, against cfn-lint.

    LAMBDA_LINT=target/debug/lambda-lint python tests/oracles/schema.py

For every type that both know, a resource is made of what its schema asks for, and from it many that have one fault each:
a property that there is not, one of another kind, one missing, a value that is none, a number beyond its range. Both programs
judge all of them, in a few templates with many resources each. Where they disagree, the disagreement must be one of those
explained below; each of those must occur.
"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile

import cfnlint
from cfnlint.api import lint
from cfnlint.config import ManualArgs

SEED = 20261123
FAULTS = 900
IN_ONE_TEMPLATE = 150
SHOWN = 25
DATA = os.path.join(os.path.dirname(cfnlint.__file__), "data", "schemas")
TABLE = "src/data/facts/schemas.tsv"

# What cfn-lint's rules about schemas are called; its others are not asked.
THEIRS = re.compile(r"E30(02|03|12|14|17|18|20|21|30|31|32|33|34|37|40)|E11\d\d|E3\d\d\d")
OURS = {"unknown-property", "wrong-type", "missing-property", "invalid-value", "read-only-property"}

# Texts that fit the patterns of the schemas, tried in this order.
SAMPLES = [
    "abcdefgh",
    "arn:aws:iam::123456789012:role/resize",
    "arn:aws:lambda:eu-west-1:123456789012:function:resize",
    "arn:aws:lambda:eu-west-1:123456789012:function:resize:1",
    "arn:aws:lambda:eu-west-1:123456789012:capacity-provider:cp",
    "arn:aws:lambda:eu-west-1:123456789012:layer:one:1",
    "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0a1b2c3d4e5f60718",
    "arn:aws:signer:eu-west-1:123456789012:/signing-profiles/one/0a1b2c3d4e",
    "arn:aws:sqs:eu-west-1:123456789012:queue",
    "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d4e5f60718",
    "arn:aws:s3:::bucket",
    "arn:aws:kinesis:eu-west-1:123456789012:stream/one",
    "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
    "123456789012",
    "1",
    "/mnt/files",
    "subnet-0a1b2c3d",
    "sg-0a1b2c3d",
    "lambda:InvokeFunction",
    "s3.amazonaws.com",
    "rate(1 day)",
    "/",
    "ABCDEFGH",
    "https://example.com/",
    "2027-01-01T00:00:00Z",
]


class Schemas:
    def __init__(self):
        with open(os.path.join(DATA, "providers", "us-east-1.json"), encoding="utf-8") as file:
            self.files = json.load(file)
        self.loaded = {}

    def load(self, kind):
        if kind not in self.loaded:
            with open(os.path.join(DATA, "resources", self.files[kind] + ".json"), encoding="utf-8") as file:
                self.loaded[kind] = json.load(file)
        return self.loaded[kind]

    def resolve(self, kind, schema):
        while "$ref" in schema:
            target = self.load(kind)
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
        return schema


class CannotMake(Exception):
    pass


def types_of(schema):
    types = schema.get("type")
    if types is None:
        return ["object"] if "properties" in schema else ["string"]
    return [types] if isinstance(types, str) else types


def fits_text(schema, text):
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 10**9):
        return False
    try:
        return re.search(schema.get("pattern", ""), text) is not None
    except re.error:
        return False


def make(schemas, kind, schema, depth=0):
    """A value that the schema takes, as small as it goes."""
    schema = schemas.resolve(kind, schema)
    if depth > 12 or "allOf" in schema:
        raise CannotMake
    for each in schema.get("oneOf", []) + schema.get("anyOf", []):
        return make(schemas, kind, {**{k: v for k, v in schema.items() if k not in ("oneOf", "anyOf")}, **each}, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    first = types_of(schema)[0]
    if first == "object":
        made = {name: make(schemas, kind, schema["properties"][name], depth + 1) for name in schema.get("required", []) if name in schema.get("properties", {})}
        return made
    if first == "array":
        count = schema.get("minItems", 0)
        if count > 1 and schema.get("uniqueItems"):
            raise CannotMake
        return [make(schemas, kind, schema["items"], depth + 1)] * max(count, 1)
    if first == "integer" or first == "number":
        return max(schema.get("minimum", 1), 1)
    if first == "boolean":
        return True
    for sample in SAMPLES + ["a" * schema.get("minLength", 1)]:
        if fits_text(schema, sample):
            return sample
    raise CannotMake


class Fault:
    """A resource with one fault: what was done to which property."""

    def __init__(self, how, kind, path, properties, schema):
        self.how, self.kind, self.path, self.properties, self.schema = how, kind, path, properties, schema

    def __str__(self):
        return f"{self.how} {self.kind} {'.'.join(map(str, self.path))} {json.dumps(at(self.properties, self.path))[:80]}"


def at(properties, path):
    for step in path:
        if isinstance(properties, dict) and step not in properties or isinstance(properties, list) and step >= len(properties):
            return None
        properties = properties[step]
    return properties


def changed(properties, path, change):
    """A deep copy in which `change` was done to the holder of the last step."""
    copy = json.loads(json.dumps(properties))
    holder = at(copy, path[:-1])
    change(holder, path[-1])
    return copy


def set_to(value):
    def change(holder, step):
        holder[step] = value

    return change


def faults_of(schemas, kind):
    """All faulty resources that can be made of a type."""
    root = schemas.load(kind)
    base = make(schemas, kind, {"type": "object", **{k: v for k, v in root.items() if k in ("properties", "required")}})
    read_only = {path.removeprefix("/properties/") for path in root.get("readOnlyProperties", [])}
    out = []

    def add(how, properties, path, schema, change):
        out.append(Fault(how, kind, path, changed(properties, path, change), schema))

    def properties_of(schema, properties, path, depth):
        closed = schema.get("additionalProperties") is False
        if closed:
            add("unknown", properties, [*path, "Zzyzx"], schema, set_to("x"))
        for name, inner in schema.get("properties", {}).items():
            here = [*path, name]
            inner = schemas.resolve(kind, inner)
            if "/".join(map(str, here)) in read_only:
                if not path and types_of(inner) == ["string"]:
                    add("read-only", properties, here, inner, set_to("abcdefgh"))
                continue
            if name in schema.get("required", []):
                add("missing", properties, here, inner, lambda holder, step: holder.pop(step))
            try:
                value = make(schemas, kind, inner)
            except CannotMake:
                continue
            if closed and len(name) > 5 and name not in schema.get("required", []) and f"{name}s" not in schema["properties"]:
                add("near", properties, [*path, name + "s"], schema, set_to(value))
            good = changed(properties, here, set_to(value))
            of_value(inner, good, here, depth)

    def of_value(schema, properties, path, depth):
        types = types_of(schema)
        if "oneOf" in schema or "anyOf" in schema:
            return
        if "object" not in types:
            add("map", properties, path, schema, set_to({"Zzyzx": "x"}))
        if "array" not in types:
            add("list", properties, path, schema, set_to(["x", "y"]))
        if types == ["array"] or types == ["object"]:
            add("text", properties, path, schema, set_to("some text"))
        if types in (["integer"], ["number"], ["boolean"]):
            add("word", properties, path, schema, set_to("ten"))
        if types == ["integer"]:
            add("fraction", properties, path, schema, set_to("2.5"))
            # A number as text is none.
        if "enum" in schema:
            add("enum", properties, path, schema, set_to("Zzyzx"))
        if "pattern" in schema and types == ["string"] and "enum" not in schema:
            add("form", properties, path, schema, set_to("!! no such form !!"))
        if "maximum" in schema:
            add("above", properties, path, schema, set_to(schema["maximum"] + 1))
        if "minimum" in schema:
            add("below", properties, path, schema, set_to(schema["minimum"] - 1))
        if schema.get("minLength", 0) > 0 and types == ["string"]:
            add("empty", properties, path, schema, set_to(""))
        if "maxLength" in schema and schema["maxLength"] < 5000 and types == ["string"]:
            add("long", properties, path, schema, set_to("a" * (schema["maxLength"] + 1)))
        if types == ["array"]:
            items = schemas.resolve(kind, schema.get("items", {}))
            value = at(properties, path)
            if schema.get("uniqueItems") and isinstance(value[0], str) and schema.get("maxItems", 2) > 1:
                add("twice", properties, path, schema, set_to([value[0], value[0]]))
            if schema.get("minItems"):
                add("too few", properties, path, schema, set_to([]))
            if depth < 3:
                of_value(items, properties, [*path, 0], depth + 1)
        if types == ["object"] and schema.get("properties") and depth < 3:
            properties_of(schema, properties, path, depth + 1)

    properties_of(root, base, [], 0)
    return base, out


def template(resources):
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {name: {"Type": kind, "Properties": properties} for name, (kind, properties) in resources.items()},
    }


def judge(resources):
    """Which of the resources each program finds fault with, and how: {name: [what]}."""
    theirs, ours = {}, {}
    names = list(resources)
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(names), IN_ONE_TEMPLATE):
            part = {name: resources[name] for name in names[start : start + IN_ONE_TEMPLATE]}
            text = json.dumps(template(part), indent=1)
            with open(os.path.join(folder, f"{start}.json"), "w", encoding="utf-8") as file:
                file.write(text)
            for match in lint(text, config=ManualArgs(regions=["us-east-1"])):
                path = list(match.path or [])
                if len(path) > 1 and path[0] == "Resources" and THEIRS.fullmatch(match.rule.id):
                    theirs.setdefault(path[1], []).append(f"{match.rule.id} {match.message}")
        command = [os.environ["LAMBDA_LINT"], "check", "--format", "json", "--fail-on", "never", "--as-of", "2026-11-23", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        for finding in json.loads(done.stdout)["findings"]:
            # What an archive needs and an image does not, no schema says, and the made functions have only what one says.
            if finding["rule"] != "package-type" and (finding["severity"] == "error" or finding["rule"] in OURS):
                ours.setdefault(finding["address"], []).append(f"{finding['rule']} {finding['message']}")
    return theirs, ours


LOOK_AROUND = re.compile(r"\(\?[=!<]")
DOCUMENTS = {"AssumeRolePolicyDocument", "Body", "Definition", "DefinitionBody", "DefinitionString", "EventPattern", "FilterPolicy", "Pattern", "PolicyDocument", "RedrivePolicy"}

# Why the two disagree: a name, who finds a fault, whether a fault is of this kind, the reason.
EXPLAINED = [
    (
        "look-around",
        "cfn-lint",
        lambda fault: fault.how == "form" and LOOK_AROUND.search(fault.schema["pattern"]),
        "the pattern asks what comes before or after, which Rust's `regex` cannot; such a pattern is not asked",
    ),
    (
        "empty or of a form",
        "lambda-lint",
        lambda fault: fault.how == "form" and re.search(r"\|\(\)\$?$", fault.schema["pattern"]),
        "`^(…)|()$` matches every text as it is written; the service asks for the whole text to match, and so do we",
    ),
    (
        "documents",
        "cfn-lint",
        lambda fault: fault.how in ("map", "list") and fault.path[-1] in DOCUMENTS,
        "a JSON document may be written as a structure or as its text, and both are read as the structure",
    ),
    (
        "read-only",
        "lambda-lint",
        lambda fault: fault.how == "read-only",
        "E3040 of cfn-lint 1.58 reports nothing of the kind (it finds some by the form of their values); the registry says "
        "that users cannot give these properties",
    ),
]


def main():
    schemas = Schemas()
    with open(TABLE, encoding="utf-8") as file:
        known = {line.split("\t")[0].strip() for line in file if line.startswith("AWS::")}
    kinds = sorted(kind for kind in known if "/" not in kind and kind in schemas.files)
    rng = random.Random(SEED)
    bases, faults = {}, []
    for kind in kinds:
        try:
            base, made = faults_of(schemas, kind)
        except CannotMake:
            continue
        bases[kind] = base
        # Lambda's own types in full measure, the others as examples.
        faults.append((kind, made))
    own = [fault for kind, made in faults if kind.startswith("AWS::Lambda::") for fault in made]
    others = [fault for kind, made in faults if not kind.startswith("AWS::Lambda::") for fault in made]
    chosen = rng.sample(own, min(len(own), FAULTS * 2 // 3))
    chosen += rng.sample(others, min(len(others), FAULTS - len(chosen)))
    resources = {f"Base{index:03}": (kind, base) for index, (kind, base) in enumerate(bases.items())}
    resources |= {f"Fault{index:04}": (fault.kind, fault.properties) for index, fault in enumerate(chosen)}
    theirs, ours = judge(resources)
    clean = {kind for name, kind in ((f"Base{index:03}", kind) for index, kind in enumerate(bases)) if name not in theirs and name not in ours}
    agreed, unexplained, counts = 0, [], {}
    judged = 0
    for index, fault in enumerate(chosen):
        name = f"Fault{index:04}"
        if fault.kind not in clean:
            continue
        judged += 1
        if (name in theirs) == (name in ours):
            agreed += name in theirs
            continue
        who = "cfn-lint" if name in theirs else "lambda-lint"
        for label, whose, test, _ in EXPLAINED:
            if whose == who and test(fault):
                counts[label] = counts.get(label, 0) + 1
                break
        else:
            said = theirs.get(name) or ours.get(name)
            unexplained.append(f"only {who}: {fault}: {said[0][:120]}")
    for line in unexplained[:SHOWN]:
        print(f"schema: {line}")
    unused = [label for label, *_ in EXPLAINED if label not in counts]
    for label in unused:
        print(f"schema: nothing is explained by {label!r} any more")
    summary = ", ".join(f"{count} {label}" for label, count in sorted(counts.items()))
    left = sorted(set(bases) - clean)
    if "-v" in sys.argv:
        for kind in left:
            name = f"Base{list(bases).index(kind):03}"
            print(kind, theirs.get(name), ours.get(name))
    print(
        f"schema: {judged} faults of {len(clean)} types ({len(left)} types have no clean resource), "
        f"{agreed} found by both, {len(unexplained)} unexplained; explained: {summary or 'none'}"
    )
    return 1 if unexplained or unused or judged < 300 else 0


if __name__ == "__main__":
    sys.exit(main())
