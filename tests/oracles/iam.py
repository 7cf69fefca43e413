"""What patterns of actions take in, against parliament; who may do what, against an evaluator of our own in Python.

    IAM=target/debug/examples/iam python tests/oracles/iam.py

The tables of the two programs were read on different days, so only actions that both know are compared; how many only one
of them knows is printed. The evaluator follows "Policy evaluation logic" and "IAM JSON policy elements" of the IAM user
guide: an explicit Deny wins, otherwise one Allow is enough; actions match without regard to case, resources with it; `*`
is any characters, `?` is one. Questions are generated from a fixed seed.
"""

import json
import os
import random
import string
import subprocess
import sys

from parliament import expand_action, iam_definition

PATTERNS = 3000
POLICIES = 4000
QUESTIONS_EACH = 3
SHOWN = 10


def ask(questions):
    """What our program answers."""
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([os.environ["IAM"]], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


# --- What patterns take in ---------------------------------------------------------------------


def any_case(rng, text):
    return "".join(rng.choice((c.upper(), c.lower())) if rng.random() < 0.2 else c for c in text)


def pattern_of(rng, action):
    """A pattern that takes in this action, and maybe others."""
    service, name = action.split(":")
    for _ in range(rng.randint(0, 3)):
        start = rng.randrange(len(name) + 1)
        end = min(len(name), start + rng.choice((0, 1, 3, 8, 40)))
        name = name[:start] + ("*" if rng.random() < 0.7 or end - start != 1 else "?") + name[end:]
    return any_case(rng, f"{service}:{name}")


def compare_patterns(rng):
    theirs = {f"{service['prefix']}:{privilege['privilege']}".lower() for service in iam_definition for privilege in service["privileges"]}
    ours = {action.lower() for action in ask([{"expand": "*:*"}])[0]}
    both = theirs & ours
    known = sorted(both)
    patterns = [pattern_of(rng, rng.choice(known)) for _ in range(PATTERNS)]
    wrong = 0
    for pattern, answer in zip(patterns, ask([{"expand": pattern} for pattern in patterns])):
        found = {action.lower() for action in answer} & both
        expected = expand_action(pattern, raise_exceptions=False)
        expected = {f"{each['service']}:{each['action']}".lower() for each in expected} & both
        if found != expected:
            wrong += 1
            if wrong <= SHOWN:
                print(f"  {pattern}: only ours {sorted(found - expected)[:5]}, only parliament's {sorted(expected - found)[:5]}")
    print(
        f"iam: {PATTERNS} patterns of actions, {PATTERNS - wrong} as parliament expands them, {wrong} not "
        f"({len(both)} actions known to both, {len(ours - theirs)} to us alone, {len(theirs - ours)} to parliament alone)"
    )
    return wrong


# --- Who may do what ---------------------------------------------------------------------------


def matches(pattern, text):
    """Whether `*` and `?` of a pattern can be filled so that it is the text."""
    reached = {0}
    for char in pattern:
        if char == "*":
            reached = set(range(min(reached, default=len(text) + 1), len(text) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(text) and char in ("?", text[at])}
    return len(text) in reached


def as_list(value):
    return value if isinstance(value, list) else [value]


def applies(statement, action, resource):
    def among(patterns, text):
        return any(matches(pattern, text) for pattern in as_list(patterns))

    if "Action" in statement:
        action_fits = among([pattern.lower() for pattern in as_list(statement["Action"])], action.lower())
    else:
        action_fits = not among([pattern.lower() for pattern in as_list(statement["NotAction"])], action.lower())
    if "Resource" in statement:
        return action_fits and among(statement["Resource"], resource)
    return action_fits and not among(statement["NotResource"], resource)


def decide(policies, action, resource):
    effects = {
        statement["Effect"]
        for policy in policies
        for statement in as_list(policy["Statement"])
        if applies(statement, action, resource)
    }
    return "Yes" if effects == {"Allow"} else "No"


ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl", "s3:ListBucket", "sqs:SendMessage", "dynamodb:GetItem", "iam:PassRole"]
RESOURCES = [
    "arn:aws:s3:::uploads/a.png",
    "arn:aws:s3:::uploads/private/a.png",
    "arn:aws:s3:::uploads",
    "arn:aws:s3:::Uploads/a.png",
    "arn:aws:sqs:eu-west-1:123456789012:orders",
    "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/index/byDay",
    "arn:aws:iam::123456789012:role/app/worker",
]


def wild(rng, text):
    """The text with a piece or two of it made wildcards, or something that only looks like it."""
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice((0, 1, 4, 60)))
        text = text[:start] + rng.choice(("*", "*", "?" * (end - start), rng.choice(string.ascii_letters))) + text[end:]
    return "*" if rng.random() < 0.1 else text


def elements(rng, texts, change=lambda rng, text: text):
    some = [change(rng, wild(rng, rng.choice(texts))) for _ in range(rng.choice((1, 1, 2, 3)))]
    return some[0] if len(some) == 1 and rng.random() < 0.5 else some


def statement_of(rng):
    return {
        "Effect": rng.choice(("Allow", "Allow", "Allow", "Deny")),
        rng.choice(("Action", "Action", "Action", "NotAction")): elements(rng, ACTIONS, any_case),
        rng.choice(("Resource", "Resource", "Resource", "NotResource")): elements(rng, RESOURCES),
    }


def policy_of(rng):
    statements = [statement_of(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    return {"Statement": statements[0] if len(statements) == 1 and rng.random() < 0.5 else statements}


def compare_decisions(rng):
    questions = []
    for _ in range(POLICIES):
        policies = [policy_of(rng) for _ in range(rng.choice((1, 1, 2)))]
        for _ in range(QUESTIONS_EACH):
            questions.append({"policies": policies, "action": rng.choice(ACTIONS), "resource": rng.choice(RESOURCES)})
    wrong, allowed = 0, 0
    for question, answer in zip(questions, ask(questions)):
        expected = decide(**question)
        allowed += expected == "Yes"
        if answer != expected:
            wrong += 1
            if wrong <= SHOWN:
                print(f"  {answer}, expected {expected}: {json.dumps(question)}")
    print(
        f"iam: {len(questions)} decisions over {POLICIES} generated policies, {len(questions) - wrong} as the evaluator decides, "
        f"{wrong} not ({allowed} allowed)"
    )
    return wrong


def main():
    rng = random.Random(20261123)
    wrong = compare_patterns(rng) + compare_decisions(rng)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
