"""The API server: connection, verbs, list-watch, wire types, errors. Knows nothing of policy."""
