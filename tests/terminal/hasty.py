"""The installed command, for which an operation has no living owner after ten seconds instead of 120.

Whoever else would wait for two minutes in a test; everything but this one default is as it is.
"""

from __future__ import annotations

from kuredtui.__main__ import main
from kuredtui.engine.options import EngineOptions

SECONDS = 10.0

if __name__ == "__main__":
    defaults = EngineOptions.__init__.__kwdefaults__
    assert defaults is not None
    assert "orphan_after" in defaults
    defaults["orphan_after"] = SECONDS
    main()
