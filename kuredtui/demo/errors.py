"""Why an embedded cluster cannot be: one sentence, for the person who asked for it."""

from __future__ import annotations


class DemoError(Exception):
    """The embedded cluster or its kubelets cannot start. The message says why and what to do."""
