#!/usr/bin/env python3
"""Merge the *.yaml fragments of this folder into openapi.json and operations.txt and check the result.

    python3 bundle.py            merge, check, write openapi.json and operations.txt
    python3 bundle.py --check    merge and check; fail if a written file is out of date
    python3 bundle.py --strict   missing x- extensions are errors, not warnings

Needs PyYAML and openapi-spec-validator.

Rules for a fragment: top level openapi, info, servers, security (taken from common.yaml only; the info.description
of the others is kept under x-fragments), tags, paths, components, x-*. References are '#/components/...' of the
merged document; a file prefix naming another fragment ('common.yaml#/...', './issues.yaml#/...') is dropped.

Errors: the same path and method, component, operationId, top-level x- key or YAML key twice; paths that differ only
in parameter names; a version prefix or trailing slash in a path; a $ref that leads nowhere; a document the validator
refuses; a schema example that does not match its schema. An operation or component with x-fallback: true gives way
to one without it in another fragment.
"""
from __future__ import annotations

import argparse
import copy
import json
import pathlib
import re
import sys
from urllib.parse import unquote

import yaml

OUT = "openapi.json"
OPERATIONS = "operations.txt"
MAX_BYTES = 1 << 20
HEAD = "common.yaml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "x-link", "x-unlink")
NEEDED = ("operationId", "summary", "x-versions", "x-doc", "x-confidence")
CONFIDENCE = ("documented", "client-source", "sample", "inferred", "extension")


# ---------------------------------------------------------------- reading
class Loader(yaml.SafeLoader):
    """JSON-like scalars only (no dates, no yes/no), and no key twice in a mapping."""


Loader.yaml_implicit_resolvers = {}
for _tag, _regex, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("tag:yaml.org,2002:float", r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", "-0123456789"),
    ("tag:yaml.org,2002:merge", r"^<<$", "<"),
):
    Loader.add_implicit_resolver(_tag, re.compile(_regex), list(_first))


def _mapping(loader: Loader, node: yaml.MappingNode, deep: bool = False) -> dict:
    seen: set = set()
    for key_node, _ in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            continue
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} twice", key_node.start_mark)
        seen.add(key)
    loader.flatten_mapping(node)
    return {
        _text(loader.construct_object(k, deep=True)): loader.construct_object(v, deep=True) for k, v in node.value
    }


def _text(key) -> str:
    return key if isinstance(key, str) else str(key).lower() if isinstance(key, bool) else str(key)


Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


# ---------------------------------------------------------------- merging
class Bundle:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.doc: dict = {}
        self.origin: dict[tuple, str] = {}
        self.names = sorted(
            (p.name for p in folder.glob("*.yaml")), key=lambda n: (n != HEAD, n)
        )

    def fail(self, text: str) -> None:
        self.errors.append(text)

    def load(self) -> None:
        if HEAD not in self.names:
            self.fail(f"{HEAD} is missing")
        head: dict = {}
        self.doc = {"paths": {}, "components": {}}
        tags: dict[str, dict] = {}
        extensions: dict = {}
        for name in self.names:
            try:
                part = yaml.load((self.folder / name).read_text(encoding="utf-8"), Loader=Loader)
            except yaml.YAMLError as e:
                self.fail(f"{name}: {e}")
                continue
            if not isinstance(part, dict):
                self.fail(f"{name}: not a mapping")
                continue
            self._local_refs(part)
            for key, value in part.items():
                if key in ("openapi", "info", "servers", "security", "jsonSchemaDialect"):
                    if name == HEAD:
                        head[key] = value
                    elif key == "info" and isinstance(value, dict) and value.get("description"):
                        extensions.setdefault("x-fragments", {})[name] = value["description"]
                elif key == "tags":
                    for tag in value:
                        tags.setdefault(tag["name"], tag)
                elif key == "paths":
                    self._paths(name, value or {})
                elif key == "components":
                    self._components(name, value or {})
                elif key.startswith("x-"):
                    self._extension(name, extensions, key, value)
                else:
                    self.fail(f"{name}: unknown top-level key {key!r}")
        used = {
            t for item in self.doc["paths"].values() for m, op in item.items() if m in METHODS for t in op.get("tags", ())
        }
        for tag in sorted(used - set(tags)):
            tags[tag] = {"name": tag}
        self.doc = {
            **head,
            **({"tags": list(tags.values())} if tags else {}),
            **extensions,
            "paths": self.doc["paths"],
            "components": self.doc["components"],
        }

    def _local_refs(self, node) -> None:
        if isinstance(node, dict):
            ref = node.get("$ref")
            if isinstance(ref, str) and "#" in ref:
                file, pointer = ref.split("#", 1)
                if file.removeprefix("./") in self.names:
                    node["$ref"] = "#" + pointer
            for value in node.values():
                self._local_refs(value)
        elif isinstance(node, list):
            for value in node:
                self._local_refs(value)

    def _extension(self, name: str, into: dict, key: str, value) -> None:
        if key not in into:
            into[key] = copy.deepcopy(value)
            self.origin["x", key] = name
        elif isinstance(value, list) and isinstance(into[key], list):
            into[key] += value
        elif isinstance(value, dict) and isinstance(into[key], dict) and not set(value) & set(into[key]):
            into[key].update(value)
        else:
            self.fail(f"{name}: top-level {key} is already in {self.origin['x', key]}")

    def _put(self, name: str, kind: tuple, into: dict, key: str, value, label: str) -> None:
        """One operation or component, with duplicates refused unless one side is a fallback."""
        if key in into:
            old = into[key]
            old_fb = isinstance(old, dict) and old.get("x-fallback") is True
            new_fb = isinstance(value, dict) and value.get("x-fallback") is True
            if new_fb and not old_fb:
                return
            if not (old_fb and not new_fb):
                self.fail(f"duplicate {label}: {self.origin[kind]} and {name}")
                return
        into[key] = value
        self.origin[kind] = name

    def _paths(self, name: str, paths: dict) -> None:
        for path, item in paths.items():
            if path.startswith("x-"):
                continue
            if not path.startswith("/"):
                self.fail(f"{name}: path {path!r} does not start with /")
            if re.match(r"^/v\d+(/|$)", path):
                self.fail(f"{name}: path {path} carries a version prefix")
            if len(path) > 1 and path.endswith("/"):
                self.fail(f"{name}: path {path} ends with a slash")
            target = self.doc["paths"].setdefault(path, {})
            for key, value in (item or {}).items():
                if key in METHODS:
                    self._put(name, ("op", path, key), target, key, value, f"operation {key.upper()} {path}")
                elif key in target and target[key] != value:
                    self.fail(f"{name}: {path}: {key} differs from {self.origin.get(('item', path, key))}")
                else:
                    target[key] = value
                    self.origin["item", path, key] = name

    def _components(self, name: str, components: dict) -> None:
        for section, entries in components.items():
            target = self.doc["components"].setdefault(section, {})
            for key, value in (entries or {}).items():
                self._put(name, ("c", section, key), target, key, value, f"component {section}/{key}")

    # ------------------------------------------------------------ checks
    def check(self) -> None:
        self._check_paths()
        self._check_operations()
        self._check_refs()
        if not self.errors:
            self._check_spec()
            self._check_examples()

    def _check_paths(self) -> None:
        seen: dict[str, str] = {}
        for path in self.doc["paths"]:
            plain = re.sub(r"\{[^}]*\}", "{}", path)
            if plain in seen:
                self.fail(f"paths differ only in parameter names: {seen[plain]} and {path}")
            seen[plain] = path

    def _check_operations(self) -> None:
        ids: dict[str, str] = {}
        for path, item in self.doc["paths"].items():
            for method, op in item.items():
                if method not in METHODS:
                    continue
                where = f"{method.upper()} {path} ({self.origin['op', path, method]})"
                oid = op.get("operationId")
                if oid in ids:
                    self.fail(f"operationId {oid} twice: {ids[oid]} and {where}")
                elif oid:
                    ids[oid] = where
                for key in NEEDED:
                    if key not in op:
                        self.warnings.append(f"{where}: no {key}")
                if "x-confidence" in op and op["x-confidence"] not in CONFIDENCE:
                    self.warnings.append(f"{where}: x-confidence {op['x-confidence']!r}")
                if not set(op.get("x-versions", ())) <= {"v2", "v3"}:
                    self.warnings.append(f"{where}: x-versions {op['x-versions']!r}")

    def _check_refs(self) -> None:
        used: set[str] = set()

        def walk(node, where: str) -> None:
            if isinstance(node, dict):
                ref = node.get("$ref")
                if isinstance(ref, str):
                    used.add(ref)
                    if not self._resolves(ref):
                        self.fail(f"$ref {ref!r} does not resolve, at {where}")
                for key, value in node.items():
                    if key != "example":
                        walk(value, f"{where}/{key}")
            elif isinstance(node, list):
                for i, value in enumerate(node):
                    walk(value, f"{where}/{i}")

        walk(self.doc["paths"], "paths")
        walk(self.doc["components"], "components")
        for section, entries in self.doc["components"].items():
            if section == "securitySchemes":
                continue
            unused = [k for k in entries if f"#/components/{section}/{k}" not in used]
            if unused:
                self.warnings.append(f"unused components/{section}: {', '.join(sorted(unused))}")

    def _resolves(self, ref: str) -> bool:
        if not ref.startswith("#/"):
            return False
        node = self.doc
        for token in ref[2:].split("/"):
            token = unquote(token).replace("~1", "/").replace("~0", "~")
            if isinstance(node, list) and token.isdigit() and int(token) < len(node):
                node = node[int(token)]
            elif isinstance(node, dict) and token in node:
                node = node[token]
            else:
                return False
        return True

    def _check_spec(self) -> None:
        from openapi_spec_validator import OpenAPIV31SpecValidator

        for error in list(OpenAPIV31SpecValidator(self.doc).iter_errors())[:20]:
            at = "/".join(str(p) for p in getattr(error, "absolute_path", ()))
            self.fail(f"validator: {at}: {getattr(error, 'message', None) or error}"[:600])

    def _check_examples(self) -> None:
        from jsonschema import Draft202012Validator

        for name, schema in self.doc["components"].get("schemas", {}).items():
            if isinstance(schema, dict) and "example" in schema:
                root = {"$ref": f"#/components/schemas/{name}", "components": self.doc["components"]}
                for error in Draft202012Validator(root).iter_errors(schema["example"]):
                    at = "/".join(str(p) for p in error.absolute_path)
                    self.fail(f"example of schema {name}: {at}: {error.message}"[:300])

    # ------------------------------------------------------------ writing
    def outputs(self) -> dict[str, str]:
        """The generated files by name."""
        return {
            OUT: json.dumps(self.doc, ensure_ascii=False, indent=1) + "\n",
            OPERATIONS: "".join(line + "\n" for line in sorted(self._operation_lines())),
        }

    def _operation_lines(self):
        for path, item in self.doc["paths"].items():
            for method, op in item.items():
                if method in METHODS:
                    name = method.removeprefix("x-").upper()
                    yield f"{name} {path} {op['operationId']} {','.join(sorted(op['x-versions']))}"

    def write(self) -> None:
        for name, text in self.outputs().items():
            (self.folder / name).write_text(text, "utf-8")

    def check_outputs(self) -> None:
        for name, text in self.outputs().items():
            if len(text.encode()) > MAX_BYTES:
                self.fail(f"{name} is over {MAX_BYTES} bytes")
            file = self.folder / name
            if not file.exists() or file.read_text("utf-8") != text:
                self.fail(f"{name} is out of date; run bundle.py")

    def summary(self) -> str:
        counts: dict[str, int] = {}
        for kind, name in self.origin.items():
            if kind[0] == "op":
                counts[name] = counts.get(name, 0) + 1
        total = sum(counts.values())
        per = ", ".join(f"{n} {c}" for n, c in sorted(counts.items()))
        sizes = ", ".join(f"{len(v)} {k}" for k, v in self.doc["components"].items())
        return f"{total} operations on {len(self.doc['paths'])} paths ({per}); {sizes}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Merge the OpenAPI fragments of this folder and check the result.")
    parser.add_argument("folder", nargs="?", default=str(pathlib.Path(__file__).resolve().parent))
    parser.add_argument("--check", action="store_true", help="write nothing, fail if the files are out of date")
    parser.add_argument("--strict", action="store_true", help="warnings are errors")
    args = parser.parse_args()
    bundle = Bundle(pathlib.Path(args.folder))
    bundle.load()
    bundle.check()
    if not bundle.errors:
        if not args.check:
            bundle.write()
        bundle.check_outputs()
    for text in bundle.warnings:
        print(f"warning: {text}", file=sys.stderr)
    for text in bundle.errors:
        print(f"error: {text}", file=sys.stderr)
    if bundle.errors or (args.strict and bundle.warnings):
        return 1
    print(bundle.summary())
    return 0


if __name__ == "__main__":
    sys.exit(main())
