"""Drift: how far a node's kernel and image are behind the newest that runs in its pool (DESIGN 9).

It is a hint, and no flag: a newer kernel elsewhere in the pool says that this machine was not rebooted, or
not replaced, since the others were. Everything is counted as nodes come, change and go; only when a version
appears in a pool or vanishes from it are the pool's versions put in order again.

Versions are compared as RPM compares them. Its rule needs no scheme: runs of digits count as numbers, runs
of letters as text, a number is newer than letters, and whatever separates them (`.`, `-`, `_`, `+`) only
separates. So it reads the kernels of Debian and Ubuntu (5.15.0-1089-azure), of the RPM distributions and of
Azure Linux alike, and knows 6.8.0-rc3 as older than 6.8.0-31. Debian's rule takes what follows the last `-`
for the package's revision (in a kernel's name it is the flavour), and refuses the `_` of RHEL's kernels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cmp_to_key, lru_cache
from types import MappingProxyType
from typing import NamedTuple, Protocol

import msgspec
from univers.rpm import vercmp

# utsname's release has room for 64 characters (Linux, include/linux/utsname.h: __NEW_UTS_LEN), and an
# image's label for 63.
_MOST_CHARACTERS = 64
# What separates for us is one character for RPM's; `~` and `^` mean something there, and here nothing.
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
# Distributions end their kernels' names with the machine; x86_64 is no newer than aarch64.
_MACHINE = re.compile(r"[._-](x86_64|amd64|aarch64|arm64|ppc64le|s390x|riscv64|armv7l|i[3-6]86)$")


@lru_cache(4096)
def comparable(version: str) -> str:
    """What of a kernel's or an image's version decides: without the machine, one `.` for each separator."""
    return _SEPARATORS.sub(".", _MACHINE.sub("", version[:_MOST_CHARACTERS])).strip(".")


def compare(first: str, second: str) -> int:
    """-1, 0 or 1: whether the first version is older than, as old as or newer than the second."""
    order: int = vercmp(  # type: ignore[no-untyped-call]  # typed, but for this
        comparable(first), comparable(second)
    )
    return order


class NodeDrift(msgspec.Struct, frozen=True, kw_only=True):
    """How a node stands to its pool.

    Attributes:
        behind: how many distinct newer kernels run in the pool; 0 for the newest.
        newest_kernel: the newest kernel of the pool; "" where none is known.
        image_behind, newest_image: the same for the node's image.
    """

    behind: int = 0
    newest_kernel: str = ""
    image_behind: int = 0
    newest_image: str = ""


NO_DRIFT = NodeDrift()


class KernelCount(NamedTuple):
    """A kernel of a pool.

    Attributes:
        kernel: its release.
        nodes: how many run it.
        behind: how many distinct newer ones run in the pool.
    """

    kernel: str
    nodes: int
    behind: int


class HasVersions(Protocol):
    """What is read of a node's record."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def pool(self) -> str: ...  # noqa: D102
    @property
    def kernel(self) -> str: ...  # noqa: D102
    @property
    def node_image(self) -> str: ...  # noqa: D102
    @property
    def rebootable(self) -> bool: ...  # noqa: D102


class Versions:
    """The versions of one pool, each with the number of nodes that run it."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._behind: dict[str, int] | None = {}
        self.newest = ""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many nodes run each version."""
        return MappingProxyType(self._counts)

    def count(self, version: str, by: int) -> bool:
        """Add a node (`by` 1) or take it out (`by` -1). Returns whether a version came or went."""
        if not version:
            return False
        before = self._counts.get(version, 0)
        if after := before + by:
            self._counts[version] = after
        else:
            del self._counts[version]
        if before and after:
            return False
        self._behind = None
        return True

    def behind(self, version: str) -> int:
        """How many distinct newer versions there are."""
        if self._behind is None:
            self._behind = self._ranks()
        return self._behind.get(version, 0)

    def _ranks(self) -> dict[str, int]:
        order = sorted(self._counts, key=cmp_to_key(compare), reverse=True)
        self.newest = order[0] if order else ""
        ranks: dict[str, int] = {}
        for index, version in enumerate(order):
            same = index and compare(order[index - 1], version) == 0
            ranks[version] = ranks[order[index - 1]] if same else index
        return ranks


class _Pool:
    def __init__(self) -> None:
        self.kernels = Versions()
        self.images = Versions()
        self.members: set[str] = set()
        self.known: dict[tuple[str, str], NodeDrift] = {}

    def drift(self, kernel: str, image: str) -> NodeDrift:
        found = self.known.get((kernel, image))
        if found is None:
            found = self.known[kernel, image] = NodeDrift(
                behind=self.kernels.behind(kernel),
                newest_kernel=self.kernels.newest,
                image_behind=self.images.behind(image),
                newest_image=self.images.newest,
            )
        return found


class Drift:
    """The drift of all nodes, pool by pool.

    Machines that this program cannot reboot, such as Windows nodes, have no part in it.
    """

    def __init__(self) -> None:
        self._pools: dict[str, _Pool] = {}
        self._moved: set[str] = set()

    def add(self, node: HasVersions) -> None:
        """A node is there."""
        if node.rebootable:
            pool = self._pools.setdefault(node.pool, _Pool())
            pool.members.add(node.name)
            self._count(node, pool, +1)

    def discard(self, node: HasVersions) -> None:
        """A node that was added, as it was then, is there no more."""
        pool = self._pools.get(node.pool)
        if not node.rebootable or pool is None:
            return
        pool.members.discard(node.name)
        self._count(node, pool, -1)
        if not pool.members:
            del self._pools[node.pool]
            self._moved.discard(node.pool)

    def change(self, before: HasVersions | None, after: HasVersions) -> None:
        """A node is new, or another than before."""
        if before is not None:
            if _versions(before) == _versions(after):
                return  # nearly always; a version that only it has must not seem to go and come
            self.discard(before)
        self.add(after)

    def of(self, node: HasVersions) -> NodeDrift:
        """How a node that was added stands to its pool now."""
        pool = self._pools.get(node.pool)
        if pool is None or not node.rebootable:
            return NO_DRIFT
        return pool.drift(node.kernel, node.node_image)

    def take_moved(self) -> set[str]:
        """The nodes of whose pools the versions came or went since the last call."""
        if not self._moved:
            return set()
        moved = set[str]().union(*(self._pools[pool].members for pool in self._moved))
        self._moved.clear()
        return moved

    def kernels(self) -> dict[str, list[KernelCount]]:
        """By pool, how many nodes run each kernel, the newest first."""
        return {
            name: sorted(
                (
                    KernelCount(kernel, count, pool.kernels.behind(kernel))
                    for kernel, count in pool.kernels.counts.items()
                ),
                key=lambda one: (one.behind, one.kernel),
            )
            for name, pool in self._pools.items()
        }

    def _count(self, node: HasVersions, pool: _Pool, by: int) -> None:
        kernels_moved = pool.kernels.count(node.kernel, by)
        images_moved = pool.images.count(node.node_image, by)
        if kernels_moved or images_moved:
            pool.known.clear()
            self._moved.add(node.pool)


def _versions(node: HasVersions) -> tuple[str, str, str, bool]:
    return node.pool, node.kernel, node.node_image, node.rebootable
