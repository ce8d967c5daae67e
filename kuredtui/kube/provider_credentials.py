"""The old built-in logins of a kubeconfig (`auth-provider`), through kubernetes-asyncio, which has
two.

`oidc` renews an identity token with a refresh token, and the library writes both back into the
kubeconfig, as kubectl does: many identity providers accept a refresh token only once. `gcp` runs
the command in the kubeconfig.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

import aiohttp

from kuredtui.kube.credentials import Headers
from kuredtui.kube.errors import ConfigError
from kuredtui.kube.library import Library

if TYPE_CHECKING:
    from kuredtui.kube.connection import Target

_KNOWN = ("oidc", "gcp")
_MAX_AGE = 60.0  # seconds between two looks at the token's expiry, which the library meets early
_PATIENCE = 60.0  # seconds for an identity provider or a command to answer


class ProviderCredentials:
    """Credentials from an auth-provider.

    Args:
        target: whose user has the auth-provider.
        library: kubernetes-asyncio.
        extra: headers beside the token.

    Raises:
        ConfigError: for another provider than oidc and gcp.
    """

    def __init__(self, target: Target, library: Library, *, extra: Headers = ()) -> None:
        provider = target.user_entry.auth_provider
        self._name = provider.name if provider else ""
        if self._name not in _KNOWN:
            raise ConfigError(
                f"The auth-provider {self._name!r} of user {target.user!r} is not supported any "
                "more, nor by kubectl. Have the cloud's tool write the kubeconfig anew."
            )
        merger = library.kube_config_merger(os.pathsep.join(target.files))
        self._configuration = library.configuration()
        self._loader = library.kube_config_loader(
            merger.config,
            active_context=target.context,
            config_base_path=None,
            config_persister=lambda _config: merger.save_changes(),
        )
        self._config_exception = library.config_exception
        self._extra = tuple(extra)
        self._looked_at = float("-inf")

    async def headers(self) -> Headers:
        """The token's header, renewed by the library if it is about to expire.

        Raises:
            ConfigError: it could not be renewed.
        """
        if time.monotonic() - self._looked_at >= _MAX_AGE:
            await self._look()
        return (("Authorization", self._configuration.api_key["BearerToken"]), *self._extra)

    async def renew(self) -> bool:
        """The library renews by expiry alone, so after a 401 there is nothing new to try."""
        return False

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._loader.load_and_set(self._configuration)
        except (
            self._config_exception,
            aiohttp.ClientError,
            OSError,  # the command is missing; includes time-outs
            ValueError,  # answers that are not JSON, tokens that are none
            KeyError,
            AssertionError,  # what the library takes for granted in a kubeconfig
        ) as error:
            reason = str(error) or type(error).__name__
            raise ConfigError(
                f"The login by auth-provider {self._name} failed: {reason}. "
                "Log in again with the tool that wrote the kubeconfig."
            ) from error
        self._looked_at = time.monotonic()
