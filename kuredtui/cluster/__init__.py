"""What the cluster looks like: nodes, pools, pending reboots, locks seen, the store. Pure; no I/O."""
