"""Which contexts a kubeconfig has, for somebody who chooses one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from kuredtui.kube import kubeconfig as kubeconfigs


class ContextEntry(NamedTuple):
    """One context, as the kubeconfig has it; none of it has to be right.

    Attributes:
        name: of the context.
        cluster: the name of its cluster.
        server: the API server's URL; "" where the cluster is in no kubeconfig.
        user: the name of who one is there.
    """

    name: str
    cluster: str
    server: str
    user: str


def list_contexts(
    *, kubeconfig: str | None = None, environ: Mapping[str, str] = os.environ
) -> list[ContextEntry]:
    """All contexts, by name; none inside a cluster without a kubeconfig.

    Args:
        kubeconfig: the file given on the command line, or None.
        environ: KUBECONFIG and HOME.

    Raises:
        ConfigError: a kubeconfig cannot be read.
    """
    config = kubeconfigs.load(kubeconfig=kubeconfig or None, environ=environ)
    return [
        ContextEntry(
            name=name,
            cluster=context.cluster,
            server=cluster.server if (cluster := config.clusters.get(context.cluster)) else "",
            user=context.user,
        )
        for name, context in sorted(config.contexts.items())
    ]
