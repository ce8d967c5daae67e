"""The embedded API server, held to recordings of a real one."""
