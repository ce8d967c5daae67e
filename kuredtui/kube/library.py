"""The four modules of kubernetes-asyncio that we use, without the thousand models that we do not.

Importing any module of kubernetes_asyncio executes `kubernetes_asyncio/__init__` and
`client/__init__`, which load every API class and model: half a second and 37 MB on a small machine,
between a person and their first rows. We need its kubeconfig loaders, its `Configuration` and its
`RESTClientObject`, which depend on none of them.

So those modules are imported while the packages above them, and urllib3, stand in `sys.modules` with
their search path but without their contents. Afterwards every trace is taken out of `sys.modules`
again: what we hold is a private copy of a few small modules, and whoever imports one of them later in
this process gets the ordinary, whole one. When anything is not as expected (another version of the
library that is laid out differently), the ordinary import is used, which is slower and right.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from kubernetes_asyncio.client.configuration import Configuration
    from kubernetes_asyncio.client.rest import RESTClientObject
    from kubernetes_asyncio.config.incluster_config import InClusterConfigLoader
    from kubernetes_asyncio.config.kube_config import KubeConfigLoader, KubeConfigMerger

_PACKAGE = "kubernetes_asyncio"
# Imported by `Configuration` for basic authentication alone, which we do ourselves.
_HTTP_LIBRARY = "urllib3"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Library:
    """What we use of kubernetes-asyncio.

    Attributes:
        slim: whether the models were left out; False when the ordinary import had to be used.
    """

    kube_config_loader: type[KubeConfigLoader]
    kube_config_merger: type[KubeConfigMerger]
    in_cluster_loader: type[InClusterConfigLoader]
    configuration: type[Configuration]
    rest_client: type[RESTClientObject]
    config_exception: type[Exception]
    slim: bool


@cache
def load() -> Library:
    """The library, imported at the first call (about a quarter of a second, most of it aiohttp)."""
    if _PACKAGE in sys.modules:  # somebody has paid for all of it already
        return _collect(slim=False)
    try:
        return _import_slim()
    except (ImportError, AttributeError, TypeError) as error:
        _log.debug("kubernetes-asyncio is not laid out as expected, importing all of it: %s", error)
        return _collect(slim=False)


def _import_slim() -> Library:
    hollow = [_PACKAGE, f"{_PACKAGE}.client", f"{_PACKAGE}.config"]
    if _HTTP_LIBRARY not in sys.modules:
        hollow.append(_HTTP_LIBRARY)
    try:
        for name in hollow:
            _register_unexecuted(name)
        client = sys.modules[f"{_PACKAGE}.client"]
        # kube_config asks its client package for two names. It never uses the second unless
        # somebody calls new_client_from_config, which we do not.
        configuration = importlib.import_module(f"{_PACKAGE}.client.configuration")
        client.__dict__.update(Configuration=configuration.Configuration, ApiClient=object)
        return _collect(slim=True)
    finally:
        for name in [
            key for key in sys.modules if key.split(".", 1)[0] == _PACKAGE or key in hollow
        ]:
            del sys.modules[name]


def _register_unexecuted(name: str) -> None:
    """Put a package into `sys.modules` as the import system would, only without running it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError(f"{name} is not a package")
    sys.modules[name] = importlib.util.module_from_spec(spec)


def _collect(*, slim: bool) -> Library:
    def module(name: str) -> ModuleType:
        return importlib.import_module(f"{_PACKAGE}.{name}")

    kube_config = module("config.kube_config")
    in_cluster = module("config.incluster_config")
    return Library(
        kube_config_loader=kube_config.KubeConfigLoader,
        kube_config_merger=kube_config.KubeConfigMerger,
        in_cluster_loader=in_cluster.InClusterConfigLoader,
        configuration=module("client.configuration").Configuration,
        rest_client=module("client.rest").RESTClientObject,
        config_exception=module("config.config_exception").ConfigException,
        slim=slim,
    )
