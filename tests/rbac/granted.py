"""What a manifest of roles and bindings grants, as rules of the embedded API server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from kuredtui.demo.apiserver.access import Rule

Manifest = dict[str, Any]


@dataclass(frozen=True, kw_only=True, order=True)
class Grant:
    """One verb on one resource: the least that can be granted."""

    verb: str
    resource: str
    group: str = ""
    namespace: str = ""
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As the test is called."""
        where = f" in {self.namespace}" if self.namespace else ""
        return f"{self.verb} {self.resource}{where}"

    @property
    def rule(self) -> Rule:
        """As the server takes it."""
        return Rule(
            verbs=frozenset({self.verb}),
            groups=frozenset({self.group}),
            resources=frozenset({self.resource}),
            names=frozenset(self.names),
            namespace=self.namespace,
        )


def granted(manifest: str, *, subject: str) -> list[Grant]:
    """What the subject gets by the bindings."""
    documents: list[Manifest] = list(yaml.safe_load_all(manifest))
    roles = {_identity(item["kind"], item): item for item in documents if "rules" in item}
    found: list[Grant] = []
    for binding in documents:
        if subject in [item["name"] for item in binding.get("subjects", ())]:
            reference = binding["roleRef"]
            namespace = binding["metadata"].get("namespace", "")
            role = roles[reference["kind"], namespace, reference["name"]]
            found += _grants(role, namespace)
    return sorted(found)


def _identity(kind: str, item: Manifest) -> tuple[str, str, str]:
    metadata = item["metadata"]
    return kind, metadata.get("namespace", ""), metadata["name"]


def _grants(role: Manifest, namespace: str) -> Iterator[Grant]:
    for rule in role["rules"]:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                for verb in rule["verbs"]:
                    yield Grant(
                        verb=verb,
                        resource=resource,
                        group=group,
                        namespace=namespace,
                        names=tuple(rule.get("resourceNames", ())),
                    )
