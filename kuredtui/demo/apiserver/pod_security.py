"""Pod security admission: which pods a namespace's labels keep out, and in which words.

Source: the checks of k8s.io/pod-security-admission (policy/), in their order and wording, for the
levels `baseline` and `restricted`; those about SELinux, sysctls, /proc masks, probes and Windows are
not made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from kuredtui.demo.apiserver.failures import forbidden
from kuredtui.demo.apiserver.resources import PODS
from kuredtui.kube.json import JsonObject

_PREFIX = "pod-security.kubernetes.io/"
_DEFAULT_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
        "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
_VOLUMES = frozenset(
    {
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
        "projected", "secret", "image",
    }
)  # fmt: skip
_PROFILES = ("RuntimeDefault", "Localhost")


class _Part(NamedTuple):
    """A container, or the pod itself, where it says something about security."""

    name: str
    security: JsonObject


class _Pod(NamedTuple):
    spec: JsonObject
    own: JsonObject
    containers: Sequence[_Part]


_Check = Callable[[_Pod], str]
"""What is wrong, as `reason (detail)`; "" for nothing."""


def require_pod_security(labels: Mapping[str, str], pod: JsonObject) -> None:
    """Raise the 403 `Failure` of a pod that the namespace's label `enforce` keeps out."""
    name = pod["metadata"]["name"]
    if why := _violations(labels, "enforce", pod["spec"]):
        raise forbidden(PODS, name, f"violates PodSecurity {why}")


def security_warnings(labels: Mapping[str, str], spec: JsonObject) -> list[str]:
    """What the namespace's label `warn` has against a pod, or a workload's template."""
    why = _violations(labels, "warn", spec)
    return [f"would violate PodSecurity {why}"] if why else []


def _violations(labels: Mapping[str, str], mode: str, spec: JsonObject) -> str:
    level = labels.get(_PREFIX + mode, "privileged")
    version = labels.get(f"{_PREFIX}{mode}-version", "latest")
    own = spec.get("securityContext") or {}
    parts = [
        _Part(container.get("name", ""), container.get("securityContext") or {})
        for section in ("initContainers", "containers", "ephemeralContainers")
        for container in spec.get(section) or []
    ]
    pod = _Pod(spec, own, parts)
    found = [why for check in _CHECKS.get(level, ()) if (why := check(pod))]
    return f'"{level}:{version}": {", ".join(found)}' if found else ""


def _app_armor(pod: _Pod) -> str:
    bad = [
        part.name
        for part in pod.containers
        if _type(part.security, "appArmorProfile") == "Unconfined"
    ]
    own = _type(pod.own, "appArmorProfile") == "Unconfined"
    if not bad and not own:
        return ""
    must = 'must not set AppArmor profile type to "Unconfined"'
    return f"forbidden AppArmor profile ({_setters(own, bad)} {must})"


def _default_capabilities(pod: _Pod) -> str:
    bad = {
        part.name: added - _DEFAULT_CAPABILITIES
        for part in pod.containers
        if (added := _added(part))
    }
    return _about_added(
        "non-default capabilities", {name: found for name, found in bad.items() if found}
    )


def _host_namespaces(pod: _Pod) -> str:
    fields = [name for name in ("hostNetwork", "hostPID", "hostIPC") if pod.spec.get(name)]
    listed = ", ".join(f"{name}=true" for name in fields)
    return f"host namespaces ({listed})" if fields else ""


def _host_paths(pod: _Pod) -> str:
    names = [v["name"] for v in pod.spec.get("volumes") or [] if "hostPath" in v]
    return f"hostPath volumes ({_named('volume', names)})" if names else ""


def _host_ports(pod: _Pod) -> str:
    found = {
        container["name"]: ports
        for section in ("initContainers", "containers")
        for container in pod.spec.get(section) or []
        if (
            ports := [str(p["hostPort"]) for p in container.get("ports") or [] if p.get("hostPort")]
        )
    }
    if not found:
        return ""
    ports = sorted({port for ports in found.values() for port in ports})
    word = "hostPort" if len(ports) == 1 else "hostPorts"
    uses = "uses" if len(found) == 1 else "use"
    return f"hostPort ({_named('container', list(found))} {uses} {word} {', '.join(ports)})"


def _privileged(pod: _Pod) -> str:
    bad = [part.name for part in pod.containers if part.security.get("privileged")]
    if not bad:
        return ""
    return f"privileged ({_named('container', bad)} must not set securityContext.privileged=true)"


def _no_bad_seccomp(pod: _Pod) -> str:
    said = _bad_seccomp(pod)
    return f"seccompProfile ({said})" if said else ""


def _bad_seccomp(pod: _Pod) -> str:
    bad = [
        part.name
        for part in pod.containers
        if _type(part.security, "seccompProfile") == "Unconfined"
    ]
    own = _type(pod.own, "seccompProfile") == "Unconfined"
    if not bad and not own:
        return ""
    return f'{_setters(own, bad)} must not set securityContext.seccompProfile.type to "Unconfined"'


def _escalation(pod: _Pod) -> str:
    bad = [
        p.name for p in pod.containers if p.security.get("allowPrivilegeEscalation") is not False
    ]
    if not bad:
        return ""
    must = "must set securityContext.allowPrivilegeEscalation=false"
    return f"allowPrivilegeEscalation != false ({_named('container', bad)} {must})"


def _few_capabilities(pod: _Pod) -> str:
    missing = [
        part.name
        for part in pod.containers
        if "ALL" not in ((part.security.get("capabilities") or {}).get("drop") or [])
    ]
    added = {p.name: more for p in pod.containers if (more := _added(p) - {"NET_BIND_SERVICE"})}
    said = []
    if missing:
        must = 'must set securityContext.capabilities.drop=["ALL"]'
        said.append(f"{_named('container', missing)} {must}")
    if added:
        said.append(_must_not_add(added))
    return f"unrestricted capabilities ({'; '.join(said)})" if said else ""


def _volume_types(pod: _Pod) -> str:
    found = {
        volume["name"]: source
        for volume in pod.spec.get("volumes") or []
        for source in volume
        if source != "name" and source not in _VOLUMES
    }
    if not found:
        return ""
    types = sorted(set(found.values()))
    uses = "uses" if len(found) == 1 else "use"
    word = "type" if len(types) == 1 else "types"
    listed = f"{_named('volume', list(found))} {uses} restricted volume {word} {_quoted(types)}"
    return f"restricted volume types ({listed})"


def _non_root(pod: _Pod) -> str:
    explicit = [p.name for p in pod.containers if p.security.get("runAsNonRoot") is False]
    said = pod.own.get("runAsNonRoot")
    if explicit or (
        said is False and any("runAsNonRoot" not in p.security for p in pod.containers)
    ):
        setters = _setters(said is False, explicit)
        return f"runAsNonRoot != true ({setters} must not set securityContext.runAsNonRoot=false)"
    missing = [p.name for p in pod.containers if "runAsNonRoot" not in p.security]
    if said or not missing:
        return ""
    must = "must set securityContext.runAsNonRoot=true"
    return f"runAsNonRoot != true (pod or {_named('container', missing)} {must})"


def _not_root(pod: _Pod) -> str:
    bad = [p.name for p in pod.containers if p.security.get("runAsUser") == 0]
    own = pod.own.get("runAsUser") == 0
    return f"runAsUser=0 ({_setters(own, bad)} must not set runAsUser=0)" if bad or own else ""


def _some_seccomp(pod: _Pod) -> str:
    if said := _bad_seccomp(pod):
        return f"seccompProfile ({said})"
    missing = [
        p.name for p in pod.containers if _type(p.security, "seccompProfile") not in _PROFILES
    ]
    if not missing or _type(pod.own, "seccompProfile") in _PROFILES:
        return ""
    must = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
    return f"seccompProfile (pod or {_named('container', missing)} {must})"


_CHECKS: dict[str, Sequence[_Check]] = {
    "baseline": (
        _app_armor, _default_capabilities, _host_namespaces, _host_paths, _host_ports, _privileged,
        _no_bad_seccomp,
    ),
    "restricted": (
        _app_armor, _host_namespaces, _host_ports, _privileged, _escalation, _few_capabilities,
        _volume_types, _non_root, _not_root, _some_seccomp,
    ),
}  # fmt: skip


def _type(security: JsonObject, field: str) -> str:
    return str((security.get(field) or {}).get("type", ""))


def _added(part: _Part) -> set[str]:
    return set((part.security.get("capabilities") or {}).get("add") or [])


def _about_added(reason: str, added: Mapping[str, set[str]]) -> str:
    return f"{reason} ({_must_not_add(added)})" if added else ""


def _must_not_add(added: Mapping[str, set[str]]) -> str:
    names = sorted(set().union(*added.values()))
    container = _named("container", list(added))
    return f"{container} must not include {_quoted(names)} in securityContext.capabilities.add"


def _setters(own: bool, containers: Sequence[str]) -> str:
    """The pod itself, its containers, or both."""
    parts = ["pod"] if own else []
    return " and ".join([*parts, _named("container", containers)] if containers else parts)


def _named(what: str, names: Sequence[str]) -> str:
    return f"{what}{'' if len(names) == 1 else 's'} {_quoted(names)}"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
