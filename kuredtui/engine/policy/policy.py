"""All hooks together: may this node be rebooted now, and if not, what does it wait for?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from kuredtui.cluster.node import NodeRecord
from kuredtui.cluster.policy import Answer, Override
from kuredtui.engine.policy.alerts import AlertsHook
from kuredtui.engine.policy.blocking_pods import BlockingPodsHook
from kuredtui.engine.policy.hook import Hook
from kuredtui.engine.policy.options import PolicyOptions
from kuredtui.engine.policy.other_hands import OtherHandsHook
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


def holding(answers: Iterable[Answer], overrides: Iterable[Override]) -> list[Answer]:
    """Those that keep the node waiting: neither go, nor overridden."""
    overridden = {override.name for override in overrides}
    return [answer for answer in answers if not answer.go and answer.hook not in overridden]


def build_policy(
    options: PolicyOptions, *, client: Client, find: Callable[[str], NodeRecord | None]
) -> Policy:
    """The hooks that the settings ask for.

    Args:
        options: the settings.
        client: the API.
        find: the node of a name, if there is one.

    Raises:
        ValueError: a setting is of no known form.
    """
    hooks: list[Hook] = [WindowHook(options.window())]
    if options.blocking_pod_selector:
        hooks.append(BlockingPodsHook(client, options.blocking_pod_selector))
    if options.prometheus_url:
        hooks.append(_alerts(options))
    hooks.append(OtherHandsHook(client, find=find))
    return Policy(hooks)


def _alerts(options: PolicyOptions) -> AlertsHook:
    expression = options.alert_filter_regexp
    return AlertsHook(
        Prometheus(options.prometheus_url),
        ignore=compile_go_regexp(expression) if expression else None,
        match_only=options.alert_filter_match_only,
        firing_only=options.alert_firing_only,
    )
