"""kubernetes-asyncio without its models, and with them for whoever wants them.

Each test needs a process in which nothing was imported yet.
"""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-W", "error::ImportWarning", "-c", code],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def test_the_models_are_not_loaded() -> None:
    out = run(
        "import sys\n"
        "from kuredtui.kube.library import load\n"
        "library = load()\n"
        "traces = [name for name in sys.modules if name.startswith(('kubernetes_a', 'urllib3'))]\n"
        "print(library.slim, traces)\n"
    )
    assert out == "True []"


def test_what_is_loaded_works_together() -> None:
    out = run(
        "import asyncio\n"
        "from kuredtui.kube.library import load\n"
        "library = load()\n"
        "config = {'current-context': 'c', 'users': [],\n"
        "  'contexts': [{'name': 'c', 'context': {'cluster': 'k'}}],\n"
        "  'clusters': [{'name': 'k', 'cluster': {'server': 'http://x:1/'}}]}\n"
        "async def main():\n"
        "    configuration = library.configuration()\n"
        "    await library.kube_config_loader(config).load_and_set(configuration)\n"
        "    rest = library.rest_client(configuration)\n"
        "    print(configuration.host, type(rest.pool_manager).__name__)\n"
        "    await rest.close()\n"
        "    try:\n"
        "        library.kube_config_loader({'contexts': [], 'current-context': 'c'})\n"
        "    except library.config_exception as error:\n"
        "        print(type(error).__name__)\n"
        "asyncio.run(main())\n"
    )
    assert out == "http://x:1 ClientSession\nConfigException"


def test_an_ordinary_import_afterwards_gives_the_whole_library() -> None:
    out = run(
        "from kuredtui.kube.library import load\n"
        "load()\n"
        "from kubernetes_asyncio.client import ApiClient, Configuration, V1Node\n"
        "from kubernetes_asyncio import client, config, watch\n"
        "print(V1Node(kind='Node').kind, ApiClient.__name__, config.load_kube_config.__name__)\n"
    )
    assert out == "Node ApiClient load_kube_config"


def test_an_ordinary_import_before_is_used_as_it_is() -> None:
    out = run(
        "import kubernetes_asyncio.client\n"
        "from kuredtui.kube.library import load\n"
        "library = load()\n"
        "print(library.slim, library.configuration is kubernetes_asyncio.client.Configuration)\n"
    )
    assert out == "False True"


def test_a_library_that_is_laid_out_differently_is_imported_in_the_ordinary_way() -> None:
    out = run(
        "from kuredtui.kube import library\n"
        "def broken(name):\n"
        "    raise ImportError('no such package')\n"
        "library._register_unexecuted = broken\n"
        "import sys\n"
        "loaded = library.load()\n"
        "print(loaded.slim, 'kubernetes_asyncio.client.models' in sys.modules)\n"
    )
    assert out == "False True"


def test_nothing_heavy_is_imported_before_a_connection_is_made() -> None:
    out = run(
        "import sys\n"
        "from kuredtui.kube import access, client, connection, errors, kubeconfig, listwatch\n"
        "from kuredtui.kube import resources, types\n"
        "print(sorted({'aiohttp', 'kubernetes_asyncio', 'yarl'} & sys.modules.keys()))\n"
    )
    assert out == "[]"
