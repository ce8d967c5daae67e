"""The marks that an operation's settings ask for."""

from __future__ import annotations

from datetime import datetime

from kuredtui.engine.hooks import NodeHook
from kuredtui.engine.marks.annotations import KuredAnnotations
from kuredtui.engine.marks.labels import NodeLabels
from kuredtui.engine.marks.taint import PreferNoScheduleTaint
from kuredtui.engine.options import EngineOptions
from kuredtui.kube.label_rules import parse_labels


def marks_for(options: EngineOptions, *, since: datetime) -> tuple[NodeHook, ...]:
    """The hooks that mark a node; they know all they have to know, in whatever process.

    Args:
        options: the operation's settings.
        since: when the operation began.

    Raises:
        ValueError: a label of the settings is none.
    """
    hooks: list[NodeHook] = [
        NodeLabels(
            before=parse_labels(options.pre_reboot_node_labels),
            after=parse_labels(options.post_reboot_node_labels),
        ),
        KuredAnnotations(annotate=options.annotate_nodes, since=since),
    ]
    if options.prefer_no_schedule_taint:
        hooks.append(PreferNoScheduleTaint(options.prefer_no_schedule_taint))
    return tuple(hooks)
