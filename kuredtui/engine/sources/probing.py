"""Asking one node on demand, by exec in kured's pod there, or in our sentinel's (DESIGN 9).

What was learned so is a source like the others; it grows old like one that has to be asked again and again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterator

import msgspec

from kuredtui.cluster.pending import STALE_SECONDS, Pending, aged
from kuredtui.cluster.probe_report import SOURCE
from kuredtui.engine.sources.knowledge import Knowledge
from kuredtui.engine.sources.kureds import Kureds
from kuredtui.engine.sources.node_tests import ask_kured, ask_sentinel
from kuredtui.engine.sources.reports import Reports
from kuredtui.kube.client import Client
from kuredtui.kube.errors import (
    ApiError,
    ConfigError,
    Forbidden,
    NotStarted,
    ReadOnlyError,
    Unreachable,
    explain,
)

# Between two looks at what has grown old.
_AGE_LOOK_SECONDS = 30.0


class Probing:
    """Asks nodes.

    Args:
        client: the API server.
        kureds: which kureds there are.
        knowledge: knows their pods.
        reports: take what is learned.
    """

    def __init__(
        self, client: Client, *, kureds: Kureds, knowledge: Knowledge, reports: Reports
    ) -> None:
        self._client = client
        self._kureds = kureds
        self._knowledge = knowledge
        self._reports = reports
        self._heard: dict[str, tuple[Pending, float]] = {}

    async def run(self) -> None:
        """Let answers grow old, until cancelled."""
        while True:
            await asyncio.sleep(_AGE_LOOK_SECONDS)
            now = time.monotonic()
            for node, (report, heard_at) in list(self._heard.items()):
                if now - heard_at >= STALE_SECONDS:
                    del self._heard[node]
                    if self._reports.node(node) is not None:
                        self._reports.put(node, SOURCE, aged(report, seconds=now - heard_at))

    async def probe(self, node: str) -> Pending:
        """Ask the node now. What cannot be found out is unknown, with the reason."""
        report = await self._ask(node)
        self._heard[node] = report, time.monotonic()
        self._reports.put(node, SOURCE, report)
        return report

    async def _ask(self, node: str) -> Pending:
        """The first answer that is one, else why there is none."""
        refused: list[Pending] = []
        for whose, asked in self._ways(node):
            try:
                report = await asked
            except ReadOnlyError:
                return _unknown("a read-only session runs no command in a pod")
            except Forbidden as error:
                report = _unknown(f"you may not run a command in {whose} pod: {error.message}")
            except NotStarted as error:
                report = _unknown(f"{whose} container could not run the test: {error}")
            except (ApiError, Unreachable, ConfigError) as error:
                report = _unknown(f"{whose} pod could not be asked: {explain(error)}")
            except ValueError as error:
                report = _unknown(f"{whose} test cannot be understood: {error}")
            if report.state != "unknown":
                return report
            refused.append(report)
        if not refused:
            return _unknown("neither a kured nor a sentinel runs on the node that could be asked")
        details = "; ".join(dict.fromkeys(report.detail for report in refused))
        return msgspec.structs.replace(refused[0], detail=details)

    def _ways(self, node: str) -> Iterator[tuple[str, Awaitable[Pending]]]:
        """Whom to ask, one after the other, and how.

        kured first: its test decides, it may be a command, and our sentinel's answer is there already, by its
        report. The sentinel, where no kured runs or may be asked: its pod can do nothing to the node.
        """
        found = self._knowledge.kured_pod(node)
        daemonset = self._kureds.daemonsets.get(found[0]) if found is not None else None
        if found is not None and daemonset is not None:
            yield "kured's", ask_kured(self._client, found[1], daemonset)
        if (sentinel := self._knowledge.sentinel_pod(node)) is not None:
            yield "the sentinel's", ask_sentinel(self._client, sentinel)


def _unknown(why: str) -> Pending:
    return Pending(source=SOURCE, detail=why)
