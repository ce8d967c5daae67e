"""Simulated kubelets: clients of any API server, one process for thousands of nodes.

Nothing that a pod on such a node "runs" is ever executed: commands are recognised, not run.
"""

from kuredtui.demo.kubelet.kubelets import Kubelets
from kuredtui.demo.kubelet.node_object import NodeBlueprint, node_object

__all__ = ["Kubelets", "NodeBlueprint", "node_object"]
