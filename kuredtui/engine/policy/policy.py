"""All hooks together: may this node be rebooted now, and if not, what does it wait for?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from kuredtui.cluster.hook_names import HookName
from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Answer, Override
from kuredtui.engine.policy.alerts import AlertsHook
from kuredtui.engine.policy.blocking_pods import BlockingPodsHook
from kuredtui.engine.policy.hook import Hook
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.policy.other_hands import OtherHandsHook
from kuredtui.engine.policy.unknown import UnknownHook
from kuredtui.engine.policy.window import WindowHook
from kuredtui.kube.client import Client
from kuredtui.kube.go_regexp import compile_go_regexp
from kuredtui.web.prometheus import Prometheus


class Policy:
    """The hooks of one cluster, for all its nodes.

    Args:
        hooks: in the order in which their reasons are given.
    """

    def __init__(self, hooks: Sequence[Hook]) -> None:
        self._hooks = hooks

    async def ask(self, node: NodeRecord) -> list[Answer]:
        """What each hook says of the node as it is now; all are asked at once."""
        async with asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(hook.ask(node)) for hook in self._hooks]
        return [task.result() for task in asked]

    async def look(self, node: NodeRecord) -> None:
        """Have the hooks see what concerns all nodes; any node will do."""
        for hook in self._hooks:
            await hook.look(node)

    def glance(self, node: NodeRecord) -> list[Answer]:
        """What the hooks can say of the node without asking anybody; see `Hook.glance`."""
        return [answer for hook in self._hooks if (answer := hook.glance(node)) is not None]


def holding(answers: Iterable[Answer], overrides: Iterable[Override]) -> list[Answer]:
    """Those that keep the node waiting: neither go, nor overridden."""
    overridden = {override.name for override in overrides}
    return [answer for answer in answers if not answer.go and answer.hook not in overridden]


def build_policy(
    options: PolicyOptions,
    *,
    client: Client,
    find: Callable[[str], NodeRecord | None],
    unknown: Mapping[HookName, str] | None = None,
) -> Policy:
    """The hooks that the settings ask for. One whose settings cannot be understood waits.

    Args:
        options: the settings.
        client: the API.
        find: the node of a name, if there is one.
        unknown: hooks that cannot be made, and why, as sentences.
    """
    makers: dict[HookName, Callable[[], Hook | None]] = {
        HookName.TIME_WINDOW: lambda: WindowHook(options.window()),
        HookName.BLOCKING_PODS: lambda: _blocking_pods(options, client),
        HookName.ALERTS: lambda: _alerts(options),
        HookName.OTHER_HANDS: lambda: OtherHandsHook(client, find=find),
    }
    hooks = []
    for name, make in makers.items():
        hook = _made(name, make, why_not=(unknown or {}).get(name, ""))
        if hook is not None:
            hooks.append(hook)
    return Policy(hooks)


def _made(name: HookName, make: Callable[[], Hook | None], *, why_not: str) -> Hook | None:
    try:
        return UnknownHook(name, why_not) if why_not else make()
    except ValueError as error:
        return UnknownHook(
            name, f"The settings of {name} cannot be understood: {error}".rstrip(".") + "."
        )


def _blocking_pods(options: PolicyOptions, client: Client) -> Hook | None:
    selectors = options.blocking_pod_selector
    return BlockingPodsHook(client, selectors) if selectors else None


def _alerts(options: PolicyOptions) -> Hook | None:
    if not options.prometheus_url:
        return None
    expression = options.alert_filter_regexp
    return AlertsHook(
        Prometheus(options.prometheus_url),
        ignore=compile_go_regexp(expression) if expression else None,
        match_only=options.alert_filter_match_only,
        firing_only=options.alert_firing_only,
    )
