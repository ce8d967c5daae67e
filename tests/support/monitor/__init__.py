"""A monitor that watches an API server from outside while nodes are rebooted, and judges what it saw.

`Monitor` collects every version of the lock, the nodes and their pods; `judge` plays them back in the
order of their resourceVersions, which is one order for all kinds, and finds every moment at which a
rule of DESIGN 4 did not hold.
"""

from tests.support.monitor.judge import judge
from tests.support.monitor.monitor import Monitor
from tests.support.monitor.rules import Fault, Rules, Verdict

__all__ = ["Fault", "Monitor", "Rules", "Verdict", "judge"]
