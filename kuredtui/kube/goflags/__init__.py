"""The settings of a Go program in a container, read off its command line and environment.

kured takes flags by Go's pflag and lets `KURED_*` variables override them; Kubernetes expands
`$(NAME)` in both before the program sees them. Two sides of this program need those rules: the
console, which reads the kured that runs, and the embedded cluster, whose kured is configured by
them. Neither may import the other, so the rules stand here, beside the `Container` they are read
from. They know no flag: each side names the flags it cares for in a dataclass of its own, so that a
misread default on one side is found by the other.
"""
