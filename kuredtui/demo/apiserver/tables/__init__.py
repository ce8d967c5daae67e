"""Tables: the columns `kubectl get` shows are made by the server."""
