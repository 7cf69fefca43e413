"""Does our tree hold what PyYAML and Python's json make of the same file?

Usage: content.py DIRECTORY...   (every .yaml, .yml, .json and .template below)

The texts and styles of all scalars are compared, for YAML also where each flow scalar starts and ends, the tags, the
order-free content of mappings (merge keys resolved, of repeated keys the last) and the lists. Every scalar's text must also
map to bytes of the file (`syntax::inner`). Exits 1 on any difference that is not one of EXPLAINED. DUMP_TREE names the program that dumps our side; with
ALL_READABLE set, a file that both refuse is a failure too.
"""

import codecs
import collections
import json
import os
import re
import subprocess
import sys

import yaml

SUFFIXES = (".yaml", ".yml", ".json", ".template")
SKIP = {".git", "node_modules", "target", ".venv"}

# What PyYAML refuses and we read, on purpose.
EXPLAINED = {
    "found duplicate anchor": "an anchor may be set again (YAML 1.2); PyYAML's composer forbids it",
}

Base = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
STYLES = {None: "plain", "": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded"}
PROPERTIES = re.compile(r"(?:(?:!\S*|&\S+)\s+(?:#.*\s+)*)*")
MERGE = "tag:yaml.org,2002:merge"


class Refused(Exception):
    """Their side does not read the file."""


class Converter:
    def __init__(self, text):
        self.constructor = yaml.constructor.SafeConstructor()
        self.path = []
        self.left = 2_000_000
        # Marks count characters; spans count bytes. PyYAML leaves out a byte order mark.
        self.shift = 3 if text.startswith("\ufeff") else 0
        self.body = body = text.removeprefix("\ufeff")
        self.offsets = None
        if not body.isascii():
            self.offsets = [0]
            for char in body:
                self.offsets.append(self.offsets[-1] + len(char.encode("utf-8", "surrogatepass")))

    def offset(self, index):
        return self.shift + (self.offsets[index] if self.offsets else index)

    def value(self, node):
        self.left -= 1
        if self.left == 0 or any(node is outer for outer in self.path):
            return "cut"
        self.path.append(node)
        value = self.untagged(node)
        self.path.pop()
        if node.tag and node.tag.startswith("!") and node.tag != "!":
            return ["tag", node.tag[1:], value]
        return value

    def untagged(self, node):
        if isinstance(node, yaml.ScalarNode):
            style = STYLES[node.style]
            start, end = node.start_mark.index, node.end_mark.index
            if style in ("literal", "folded") or start == end or not node.value and style == "plain":
                return [style, node.value]
            # libyaml counts the tag and the anchor in.
            start = PROPERTIES.match(self.body, start).end()
            return [style, node.value, self.offset(start), self.offset(end)]
        if isinstance(node, yaml.SequenceNode):
            return ["list"] + [self.value(item) for item in node.value]
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and not key.style and key.value == "<<":
                key.tag = MERGE
        for key, value in node.value:
            if key.tag == MERGE:
                for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    if isinstance(source, yaml.MappingNode):
                        self.mark_merges(source)
        self.constructor.flatten_mapping(node)
        mapping = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                name = key.value
            else:
                name = "?" + json.dumps(self.value(key), ensure_ascii=False, separators=(",", ":"))
            mapping[name] = self.value(value)
        return mapping

    def mark_merges(self, node):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and not key.style and key.value == "<<" and key.tag != MERGE:
                key.tag = MERGE
                for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    if isinstance(source, yaml.MappingNode):
                        self.mark_merges(source)


def read_yaml(text):
    try:
        loader = Base(text.removeprefix("\ufeff"))
        documents = []
        while loader.check_node():
            documents.append(loader.get_node())
        converter = Converter(text)
        return [converter.value(document) for document in documents]
    except yaml.YAMLError as error:
        raise Refused(" ".join(str(error).split())) from error


def read_json(text):
    def convert(value):
        if isinstance(value, dict):
            return {key: convert(item) for key, item in value.items()}
        if isinstance(value, list):
            return ["list"] + [convert(item) for item in value]
        if isinstance(value, Number):
            return ["plain", str(value)]
        if isinstance(value, str):
            return ["double", value]
        return ["plain", {True: "true", False: "false", None: "null"}[value]]

    class Number(str):
        pass

    def no_constant(name):
        raise ValueError(f"{name} is not JSON")

    try:
        value = json.loads(
            text.removeprefix("\ufeff"), parse_int=Number, parse_float=Number, parse_constant=no_constant
        )
        return [convert(value)]
    except ValueError as error:
        raise Refused(str(error)) from error


def theirs(path):
    with open(path, "rb") as file:
        raw = file.read()
    try:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = raw.decode("utf-16")
        else:
            text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(str(error)) from error
    braces = text.removeprefix("\ufeff").lstrip().startswith("{")
    is_json = path.endswith(".json") or path.endswith(".template") and braces
    return is_json, (read_json if is_json else read_yaml)(text)


def without_offsets(value):
    """JSON has no positions to compare with."""
    if isinstance(value, dict):
        return {key: without_offsets(item) for key, item in value.items()}
    if isinstance(value, list) and value and value[0] in ("plain", "double"):
        return value[:2]
    if isinstance(value, list):
        return [without_offsets(item) for item in value]
    return value


def difference(ours, other, path="$"):
    if isinstance(ours, dict) and isinstance(other, dict):
        for key in other:
            if key not in ours:
                return f"{path}: we lack {key!r}"
            found = difference(ours[key], other[key], f"{path}.{key}")
            if found:
                return found
        extra = [key for key in ours if key not in other]
        return f"{path}: only we have {extra[0]!r}" if extra else None
    if isinstance(ours, list) and isinstance(other, list) and len(ours) == len(other):
        for index, (left, right) in enumerate(zip(ours, other)):
            found = difference(left, right, f"{path}[{index}]")
            if found:
                return found
        return None
    return None if ours == other else f"{path}: ours {str(ours)[:200]!r}, theirs {str(other)[:200]!r}"


def files(roots):
    for root in roots:
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if name not in SKIP)
            for name in sorted(names):
                path = os.path.join(folder, name)
                if name.endswith(SUFFIXES) and os.path.isfile(path) and "\n" not in path:
                    yield path


def main():
    sys.setrecursionlimit(20_000)
    roots = sys.argv[1:] or sys.exit(__doc__)
    paths = list(files(roots))
    program = os.environ.get("DUMP_TREE", "target/debug/examples/dump_tree")
    dumped = subprocess.run(
        [program], input="".join(path + "\n" for path in paths), capture_output=True, text=True, check=True
    )
    counts = collections.Counter()
    failures, refused = [], []
    # Not splitlines(): it would also cut at U+2028 inside a text.
    for path, line in zip(paths, dumped.stdout.split("\n"), strict=False):
        ours = json.loads(line)
        try:
            is_json, other = theirs(path)
        except Refused as error:
            reason = next((why for start, why in EXPLAINED.items() if start in str(error)), None)
            if "error" in ours:
                counts["refused by both"] += 1
                refused.append(path)
            elif reason:
                counts[f"explained: {reason}"] += 1
            else:
                failures.append(f"{path}: only they refuse it: {str(error)[:200]}")
            continue
        if "error" in ours:
            failures.append(f"{path}: only we refuse it: {ours}")
            continue
        if ours["unmapped"]:
            failures.append(f"{path}: {ours['unmapped']} scalars whose text is not found byte by byte in the file")
            continue
        documents = without_offsets(ours["documents"]) if is_json else ours["documents"]
        found = difference(documents, other)
        if found:
            failures.append(f"{path}: {found}")
        else:
            counts["equal"] += 1
    if os.environ.get("ALL_READABLE"):
        failures += [f"{path}: refused by both" for path in refused]
    for failure in failures[:20]:
        print(failure, file=sys.stderr)
    for name, count in sorted(counts.items()):
        if name != "equal":
            print(f"{count} {name}", file=sys.stderr)
    print(f"content: {len(paths) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
