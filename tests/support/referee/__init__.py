"""A referee that watches an API server from outside while nodes are rebooted, and judges what it saw.

`Referee` collects every version of the lock, the nodes and their pods; `judge` plays them back in the
order of their resourceVersions, which is one order for all kinds, and finds every moment at which a
rule of DESIGN 4 did not hold.
"""

from tests.support.referee.judge import judge
from tests.support.referee.referee import Referee
from tests.support.referee.rules import Fault, Rules, Verdict

__all__ = ["Fault", "Referee", "Rules", "Verdict", "judge"]
