"""An API server in Python: what clients of Kubernetes rely on, held to recordings of a real one."""

from kuredtui.demo.apiserver.faults import Fault
from kuredtui.demo.apiserver.server import ApiServer

__all__ = ["ApiServer", "Fault"]
