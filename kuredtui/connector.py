"""From the settings to a session on a cluster, as often as somebody asks for one."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.settings import Settings, owner

if TYPE_CHECKING:
    from kuredtui.demo.process import DemoProcess
    from kuredtui.engine.session import Session
    from kuredtui.kube.client import Client
    from kuredtui.kube.connection import Target
    from kuredtui.kube.contexts import ContextEntry


class Connector:
    """Opens sessions, one after the other, and closes what it opened.

    Args:
        settings: whom to connect to, and what the engine may do.
        demo: the embedded cluster; None for the one that the settings name.
    """

    def __init__(self, settings: Settings, *, demo: DemoProcess | None = None) -> None:
        self._settings = settings
        self._demo = demo
        self._target: Target | None = None
        self._context = settings.context
        self._client: Client | None = None

    def choose(self) -> str:
        """Find out which cluster the settings mean, and log in; nothing is connected yet.

        A credential plugin runs here, before the screen starts: it may want to talk to the person.

        Returns:
            What a person calls the cluster.

        Raises:
            ConfigError: there is nothing that could be connected to.
        """
        from kuredtui.kube.connection import log_in

        target = self._resolve()
        self._target = asyncio.run(log_in(target)) if target.plugin else target
        # Another attempt is on the same cluster, whatever the current context is by then.
        self._context = target.context or None
        return target.context or target.cluster

    async def open(self) -> Session:
        """Connect; this is where the heavy imports are. The session does not run yet.

        From the second time on the kubeconfig is read anew: meanwhile somebody may have logged in.

        Raises:
            ConfigError: the kubeconfig, or what it names, cannot be used.
        """
        from kuredtui.kube.connection import connect

        if self._demo is not None:
            await self._demo_ready(self._demo)
        target, self._target = self._target, None
        if target is None:
            target = await asyncio.to_thread(self._resolve)
        settings = self._settings

        # In threads: the screen stays alive meanwhile, and aiohttp, which connecting imports, spends
        # half of its import reading the system's certificates, when another thread can run.
        async def connected() -> Client:
            """Kept at once: whoever breaks off what comes next closes it all the same."""
            self._client = await connect(target, read_only=settings.read_only)
            return self._client

        client, _ = await asyncio.gather(
            connected(), asyncio.to_thread(importlib.import_module, "kuredtui.engine.session")
        )
        from kuredtui.engine.hooks import Hooks
        from kuredtui.engine.policy.policies import Policies
        from kuredtui.engine.session import Session

        return Session(
            client,
            options=settings.engine,
            owner=owner(),
            log_file=settings.log_file,
            hooks=lambda store: Hooks(
                policy=Policies(settings.policy, client=client, find=store.get)
            ),
            notify=settings.notify,
            override=settings.overrides,
            sources=settings.sources,
            policy=settings.policy,
        )

    async def entries(self) -> Sequence[ContextEntry]:
        """The contexts that could be gone to; raises ConfigError."""
        from kuredtui.kube.contexts import list_contexts

        return await asyncio.to_thread(list_contexts, kubeconfig=self._settings.kubeconfig)

    async def resolve(self, name: str) -> Target:
        """What a context names, by the kubeconfig as it is now; raises ConfigError."""
        from kuredtui.kube.connection import resolve

        return await asyncio.to_thread(resolve, kubeconfig=self._settings.kubeconfig, context=name)

    def use(self, target: Target) -> None:
        """Connect to this one from now on; what is open is open until it is closed."""
        self._target, self._context = target, target.context or None

    def is_production(self, name: str) -> bool:
        """Whether a context is one that the settings mark."""
        return is_production(self._settings.production_contexts, name)

    async def close(self) -> None:
        """Close the connections of the last session, which must have ended."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    def _resolve(self) -> Target:
        from kuredtui.kube.connection import resolve

        if self._demo is not None:
            return resolve(kubeconfig=str(self._demo.kubeconfig))
        return resolve(kubeconfig=self._settings.kubeconfig, context=self._context)

    async def _demo_ready(self, demo: DemoProcess) -> None:
        from kuredtui.demo.errors import DemoError
        from kuredtui.kube.errors import ConfigError

        try:
            await demo.ready()
        except DemoError as error:
            raise ConfigError(str(error)) from error


def is_production(pattern: str, name: str) -> bool:
    """Whether a context's name is one that the pattern marks; an empty pattern marks none."""
    from kuredtui.kube.go_regexp import compile_go_regexp

    return bool(pattern) and compile_go_regexp(pattern).search(name) is not None
