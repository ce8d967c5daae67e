"""The rights that a reboot takes."""

from __future__ import annotations

from kuredtui.engine.errors import NoLockPlace
from kuredtui.engine.lock_place import find_lock_place
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.reboot_pod_body import reboot_namespace
from kuredtui.kube.access import Right
from kuredtui.kube.client import Client
from kuredtui.kube.resources import NODES, PODS


async def needed_rights(client: Client, options: EngineOptions) -> list[Right]:
    """The rights that a reboot takes, as far as it is known where its lock is."""
    rights = [
        Right(verb="patch", resource=NODES, purpose="cordon and to keep the journal"),
        Right(verb="create", resource=PODS, subresource="eviction", purpose="drain"),
    ]
    try:
        place = await find_lock_place(client, "", options)
    except NoLockPlace:
        return rights  # there are several, or the operator has to name it
    if options.reboot_method == "kured-exec":
        if place.kured is not None:
            rights += [
                Right(
                    verb=verb,
                    resource=PODS,
                    subresource="exec",
                    namespace=place.kured.metadata.namespace,
                    purpose="reboot through kured's pod",
                )
                for verb in ("get", "create")
            ]
    elif options.reboot_method != "manual":
        namespace = reboot_namespace(place, options)
        purpose = "reboot by a pod"
        rights.append(Right(verb="create", resource=PODS, namespace=namespace, purpose=purpose))
    rights.append(
        Right(
            verb="patch",
            resource=place.resource,
            namespace=place.namespace,
            name=place.name,
            purpose="hold the lock",
        )
    )
    return rights
