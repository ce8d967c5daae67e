"""The first paint must not wait for what it does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("kuredtui.kube.client", "kuredtui.engine", "aiohttp", "kubernetes_asyncio", "msgspec")


@pytest.mark.parametrize("module", HEAVY)
def test_the_app_is_imported_without(module: str) -> None:
    code = f"import sys, kuredtui.ui.app; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
