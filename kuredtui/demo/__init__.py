"""The embedded cluster: an API server, kubelets, controllers and scenarios, reached over HTTP alone."""
