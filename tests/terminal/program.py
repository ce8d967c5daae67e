"""The installed command."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def program() -> str:
    """Its path, next to the interpreter that runs the tests."""
    found = shutil.which("kuredtui", path=str(Path(sys.executable).parent))
    assert found, "the package is not installed: pip install -e '.[test]'"
    return found
