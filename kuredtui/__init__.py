"""kuredtui: a terminal console for patch night on Kubernetes."""

__version__ = "0.1.0"
