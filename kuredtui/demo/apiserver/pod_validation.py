"""Which pods a real server refuses, as far as somebody who writes one is likely to get it wrong.

Source: ValidatePodSpec and what it calls in kubernetes/pkg/apis/core/validation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kuredtui.demo.apiserver.failures import Cause
from kuredtui.kube.json import JsonObject
from kuredtui.kube.label_rules import SUBDOMAIN_RULE, is_subdomain, key_fault, value_fault

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
_HOST_PATHS = (
    "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate",
    "Socket",
)  # fmt: skip
_PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_MOST = 2**31 - 1


def pod_causes(spec: JsonObject, at: str = "spec") -> list[Cause]:
    """Everything that is wrong with a pod's spec; `at` is its path in the object."""
    return list(_all_causes(spec, at))


def _all_causes(spec: JsonObject, at: str) -> Iterator[Cause]:
    volumes = spec.get("volumes") or []
    yield from _names(volumes, f"{at}.volumes")
    for index, volume in enumerate(volumes):
        yield from _volume(volume, f"{at}.volumes[{index}]")
    if not spec.get("containers"):
        yield _required(f"{at}.containers")
    known = {volume.get("name", "") for volume in volumes}
    for section in ("containers", "initContainers"):
        containers = spec.get(section) or []
        yield from _names(containers, f"{at}.{section}")
        for index, container in enumerate(containers):
            yield from _container(container, known, f"{at}.{section}[{index}]")
    yield from _one_of(spec["restartPolicy"], _RESTART_POLICIES, f"{at}.restartPolicy")
    yield from _one_of(spec["dnsPolicy"], _DNS_POLICIES, f"{at}.dnsPolicy")
    yield from _within(spec.get("activeDeadlineSeconds"), 1, f"{at}.activeDeadlineSeconds")
    node = spec.get("nodeName", "")
    if node and not is_subdomain(node):
        yield _invalid(node, SUBDOMAIN_RULE, f"{at}.nodeName")
    for index, toleration in enumerate(spec.get("tolerations") or []):
        yield from _toleration(toleration, f"{at}.tolerations[{index}]")
    yield from _profiles(spec["securityContext"], f"{at}.securityContext")


def _names(items: Iterable[JsonObject], at: str) -> Iterator[Cause]:
    """The names of volumes or containers."""
    seen = set()
    for index, item in enumerate(items):
        name, field = item.get("name", ""), f"{at}[{index}].name"
        if not name:
            yield _required(field)
        elif not _LABEL.fullmatch(name):
            yield _invalid(name, _LABEL_RULE, field)
        elif name in seen:
            yield "FieldValueDuplicate", f'Duplicate value: "{name}"', field
        seen.add(name)


def _volume(volume: JsonObject, at: str) -> Iterator[Cause]:
    sources = [name for name in volume if name != "name"]
    for source in sorted(sources, key=_order)[1:]:
        message = "Forbidden: may not specify more than 1 volume type"
        yield "FieldValueForbidden", message, f"{at}.{source}"
    if "hostPath" in volume:
        path = volume["hostPath"].get("path", "")
        if not path:
            yield _required(f"{at}.hostPath.path")
        elif ".." in path.split("/"):
            yield _invalid(path, "must not contain '..'", f"{at}.hostPath.path")
        kind = volume["hostPath"].get("type", "")
        yield from _one_of(kind, _HOST_PATHS, f"{at}.hostPath.type")


def _order(source: str) -> int:
    """A real server looks for these first and complains about the second source that it finds."""
    first = ("emptyDir", "hostPath")
    return first.index(source) if source in first else len(first)


def _container(container: JsonObject, volumes: set[str], at: str) -> Iterator[Cause]:
    if not container.get("image"):
        yield _required(f"{at}.image")
    yield from _one_of(container["imagePullPolicy"], _PULL_POLICIES, f"{at}.imagePullPolicy")
    seen = set()
    for index, mount in enumerate(container.get("volumeMounts") or []):
        name, path, field = mount.get("name", ""), mount.get("mountPath", ""), f"{at}.volumeMounts"
        if name not in volumes:
            yield "FieldValueNotFound", f'Not found: "{name}"', f"{field}[{index}].name"
        if not path:
            yield _required(f"{field}[{index}].mountPath")
        elif path in seen:
            yield _invalid(path, "must be unique", f"{field}[{index}].mountPath")
        seen.add(path)
    for index, port in enumerate(container.get("ports") or []):
        if "containerPort" not in port:
            yield _required(f"{at}.ports[{index}].containerPort")
        yield from _within(
            port.get("containerPort"), 1, f"{at}.ports[{index}].containerPort", 65535
        )
    for index, variable in enumerate(container.get("env") or []):
        yield from _variable(variable, f"{at}.env[{index}]")
    yield from _security(container.get("securityContext") or {}, f"{at}.securityContext")


def _variable(variable: JsonObject, at: str) -> Iterator[Cause]:
    if not variable.get("name"):
        yield _required(f"{at}.name")
    sources = variable.get("valueFrom") or {}
    if sources and variable.get("value"):
        yield _invalid("", "may not be specified when `value` is not empty", f"{at}.valueFrom")
    for source in sources.keys() & {"configMapKeyRef", "secretKeyRef"}:
        name, field = sources[source].get("name", ""), f"{at}.valueFrom.{source}"
        if not is_subdomain(name):
            yield _invalid(name, SUBDOMAIN_RULE, f"{field}.name")
        if not sources[source].get("key"):
            yield _required(f"{field}.key")


def _security(context: JsonObject, at: str) -> Iterator[Cause]:
    yield from _profiles(context, at)
    if context.get("allowPrivilegeEscalation") is not False:
        return
    added = (context.get("capabilities") or {}).get("add") or []
    for holds, what in (
        (context.get("privileged"), "`privileged` to true"),
        ("CAP_SYS_ADMIN" in added, "`capabilities.Add` CAP_SYS_ADMIN"),
    ):
        if holds:
            why = f"cannot set `allowPrivilegeEscalation` to false and {what}"
            yield _invalid("v1.SecurityContext", why, at)


def _profiles(context: Mapping[str, JsonObject], at: str) -> Iterator[Cause]:
    """What pods and containers can both say about security."""
    for field in ("runAsUser", "runAsGroup", "fsGroup"):
        yield from _within(context.get(field), 0, f"{at}.{field}")
    for field in ("appArmorProfile", "seccompProfile"):
        profile = context.get(field)
        if profile is not None:
            yield from _one_of(profile.get("type", ""), _PROFILES, f"{at}.{field}.type")


def _toleration(toleration: JsonObject, at: str) -> Iterator[Cause]:
    key, operator = toleration.get("key", ""), toleration.get("operator", "Equal")
    value, effect = toleration.get("value", ""), toleration.get("effect", "")
    if key and (fault := key_fault(key)):
        yield _invalid(key, fault, f"{at}.key")
    if not key and operator != "Exists":
        why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
        yield _invalid(operator, why, f"{at}.operator")
    if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        why = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        yield _invalid(effect, why, f"{at}.effect")
    if operator == "Exists" and value:
        yield _invalid(value, "value must be empty when `operator` is 'Exists'", f"{at}.operator")
    elif operator == "Equal" and (fault := value_fault(value)):
        yield _invalid(value, fault, f"{at}.operator")
    elif operator not in ("Exists", "Equal"):
        yield from _one_of(operator, ("Equal", "Exists"), f"{at}.operator")
    if effect:
        yield from _one_of(effect, _EFFECTS, f"{at}.effect")


def _within(value: object, least: int, at: str, most: int = _MOST) -> Iterator[Cause]:
    if isinstance(value, int) and not least <= value <= most:
        message = f"Invalid value: {value}: must be between {least} and {most}, inclusive"
        yield "FieldValueInvalid", message, at


def _one_of(value: str, supported: Sequence[str], at: str) -> Iterator[Cause]:
    if value not in supported:
        listed = ", ".join(f'"{known}"' for known in supported if known)
        message = f'Unsupported value: "{value}": supported values: {listed}'
        yield "FieldValueNotSupported", message, at


def _required(at: str) -> Cause:
    return "FieldValueRequired", "Required value", at


def _invalid(value: str, why: str, at: str) -> Cause:
    return "FieldValueInvalid", f'Invalid value: "{value}": {why}', at
