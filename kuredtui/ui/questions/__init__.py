"""The questions asked before something is done: what stands in them, and the answers they offer."""
