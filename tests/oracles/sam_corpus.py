"""Compares lambda-lint with the SAM translator on a folder of templates, such as the translator's own test inputs.

    DUMP_MODEL=target/debug/examples/dump_model sam_corpus.py FOLDER [--all] [--verbose] [NAME…]

Prints how many are equal, how many the translator refuses, and the differences grouped by what differs. Without `--all`
only functions, roles, permissions and event source mappings are compared.
"""

import collections
import glob
import os
import re
import sys

from sam_compare import KINDS, MORE_KINDS, Comparison


def is_sam(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return "AWS::Serverless" in file.read()


def reason(line):
    """A difference without the names of one template."""
    line = re.sub(r"^(\S+) [^.:\s]+", r"\1", line)
    return re.sub(r": here .*", "", line)


def main():
    flags = {argument for argument in sys.argv[1:] if argument.startswith("--")}
    folder, *names = [argument for argument in sys.argv[1:] if argument not in flags]
    found = [glob.glob(os.path.join(folder, "**", f"*.{name}"), recursive=True) for name in ("yaml", "yml", "json")]
    paths = sorted(path for path in sum(found, []) if is_sam(path))
    if names:
        paths = [path for path in paths if os.path.splitext(os.path.basename(path))[0] in names]
    kinds = MORE_KINDS if "--all" in flags else KINDS
    results = Comparison(os.environ["DUMP_MODEL"], paths, kinds).results
    equal = [path for path, found in results.items() if found == []]
    refused = [path for path, found in results.items() if isinstance(found, str) and found.startswith("refused")]
    different = {path: found for path, found in results.items() if path not in equal and path not in refused}
    groups = collections.defaultdict(list)
    for path, found in different.items():
        for why in {found} if isinstance(found, str) else {reason(line) for line in found}:
            groups[why].append(os.path.basename(path))
    if "--verbose" in flags:
        for path, found in different.items():
            print(os.path.basename(path))
            for line in [found] if isinstance(found, str) else found:
                print(f"  {line}")
    for why, files in sorted(groups.items(), key=lambda group: -len(group[1])):
        print(f"{len(files):4} {why}: {', '.join(files[:3])}{' …' if len(files) > 3 else ''}")
    print(f"{len(paths)} templates: {len(equal)} equal, {len(different)} different, {len(refused)} refused by the translator")


if __name__ == "__main__":
    main()
