"""Validates templates with cloudformation-validate, one engine for all: `validate.py FILE…` or `validate.py @LIST`."""

import pathlib
import sys

from cloudformation_validate import CompositeEngine, ValidationError

names = sys.argv[1:]
if names and names[0].startswith("@"):
    names = pathlib.Path(names[0][1:]).read_text(encoding="utf-8").splitlines()
engine = CompositeEngine()
found = refused = 0
for name in names:
    try:
        found += len(engine.validate_template(name).diagnostics)
    except ValidationError:
        refused += 1
print(f"{len(names)} files, {found} findings, {refused} refused")
