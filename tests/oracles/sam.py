"""Compares what lambda-lint makes of SAM templates with what the SAM translator makes of them.

    DUMP_MODEL=target/debug/examples/dump_model sam.py FOLDER

Functions, roles with their statements, permissions and event source mappings (and what stands between them) must be equal
up to the hashes in names. Exit status 1 where they are not.
"""

import glob
import os
import sys

from sam_compare import MORE_KINDS, Comparison


def main():
    folder = sys.argv[1]
    paths = sorted(glob.glob(os.path.join(folder, "*.yaml")) + glob.glob(os.path.join(folder, "*.json")))
    results = Comparison(os.environ["DUMP_MODEL"], paths, MORE_KINDS).results
    failed = 0
    for path, found in results.items():
        if found:
            failed += 1
            print(f"{os.path.relpath(path)}:")
            for line in [found] if isinstance(found, str) else found:
                print(f"  {line}")
    print(f"sam: {len(paths) - failed} passed, {failed} failed")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
