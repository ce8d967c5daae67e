"""The controllers of the embedded cluster: clients of its API server, as the real ones are.

Enough of each for evicted pods to come back elsewhere as they would. They are not to be run against
a real cluster, which has its own.
"""

from kuredtui.demo.controllers.controllers import Controllers

__all__ = ["Controllers"]
