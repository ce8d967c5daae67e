"""What the keys that change the cluster do, one action a file: refuse, or ask, and then call the session.

Each is a coroutine that is given the write path and the nodes that are meant.
"""
