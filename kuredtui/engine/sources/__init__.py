"""Who is asked whether a node waits for a reboot, beside the node object itself (DESIGN 9)."""
