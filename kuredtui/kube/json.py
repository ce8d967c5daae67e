"""The one name for JSON whose shape we do not state: bodies on their way to or from the wire.

Kept apart so that `Any` is said once, here, and everything typed can refuse it elsewhere.
"""

from __future__ import annotations

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]  # Any: wire JSON, whose shape only the server knows
