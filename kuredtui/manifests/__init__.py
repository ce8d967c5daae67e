"""What an administrator applies with kubectl: the sentinel DaemonSet, and the rights that the console takes.

They are text, made of the files in `data/`; nothing here talks to an API server.
"""
