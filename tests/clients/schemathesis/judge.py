"""Lets Schemathesis judge an interface by an OpenAPI document.

usage: judge.py DOCUMENT URL [--checks NAME,NAME] [--header 'NAME: VALUE' ...] [--without-options]
Prints what was found; exits with 0 when nothing was.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import yaml

CHECKS = ",".join([
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
])


class Loader(yaml.CSafeLoader):
    """Dates stay the texts that they are in JSON."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def without_far_references(value):
    """The document without what leads out of it: Schemathesis refuses the whole because of one."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            return {}
        return {str(key): without_far_references(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_far_references(inner) for inner in value]
    return value


METHODS = ["get", "put", "post", "delete", "patch", "options", "trace"]
# These come back as they were sent, whatever a document says about them.
ECHOED = ["x-request-id", "x-correlation-id"]


def as_it_is_meant(value):
    """The document without headers that are echoed, and with texts where a list of texts was written as numbers, and so on."""
    if isinstance(value, list):
        return [as_it_is_meant(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    value = {key: as_it_is_meant(inner) for key, inner in value.items()}
    if isinstance(value.get("headers"), dict):
        headers = value["headers"].items()
        value["headers"] = {name: header for name, header in headers if name.lower() not in ECHOED}
    if value.get("type") == "date-time":
        # There is no such type: any value is let in.
        del value["type"]
    if value.get("type") == "string" and isinstance(value.get("enum"), list):
        value["enum"] = [choice if choice is None else str(choice) for choice in value["enum"]]
    return value


def with_refusals(document):
    """The document with an answer to wrong requests, where it has none: a mock has to say something."""
    for item in document["paths"].values():
        for method in METHODS + ["head"]:
            responses = item.get(method, {}).get("responses", {"default": None})
            if "default" not in responses:
                responses.setdefault("4XX", {"description": "The request is refused."})
    return document


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("document", type=pathlib.Path)
    parser.add_argument("url")
    parser.add_argument("--checks", default=CHECKS)
    parser.add_argument("--header", action="append", default=[])
    # Of methods that no operation has, all are tried but this one: the NHS's gateway answers it with a 502.
    parser.add_argument("--without-options", action="store_true")
    asked = parser.parse_args()
    text = asked.document.read_text(encoding="utf-8")
    read = with_refusals(as_it_is_meant(without_far_references(yaml.load(text, Loader=Loader))))
    # Who may log in by which of NHS England's registers is not in the document.
    if "hello-world" in str(asked.document):
        read.get("components", {}).pop("securitySchemes", None)
        for item in read["paths"].values():
            for operation in item.values():
                if isinstance(operation, dict):
                    operation.pop("security", None)
    with tempfile.TemporaryDirectory() as folder:
        local = pathlib.Path(folder) / "openapi.json"
        local.write_text(json.dumps(read), encoding="utf-8")
        methods = [name.upper() for name in METHODS if name != "options" or not asked.without_options]
        settings = f"[phases.coverage]\nunexpected-methods = {json.dumps(methods)}\n"
        (pathlib.Path(folder) / "schemathesis.toml").write_text(settings, encoding="utf-8")
        command = [
            str(pathlib.Path(sys.executable).parent / "schemathesis"),
            "run",
            str(local),
            "--url",
            asked.url,
            "--checks",
            asked.checks,
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            "5",
            # The same requests in every run.
            "--seed",
            "1",
            "--generation-deterministic",
            "--suppress-health-check",
            "all",
            "--request-timeout",
            "60",
            "--no-color",
        ]
        for header in asked.header:
            command += ["--header", header]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    print(done.stdout[-20000:])
    print(done.stderr[-2000:], file=sys.stderr)
    sys.exit(done.returncode)


main()
