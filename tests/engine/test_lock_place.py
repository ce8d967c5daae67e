"""Where the lock of a node is looked for: on its kured's DaemonSet, on a Lease, or nowhere (DESIGN 6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kuredtui.cluster.lock_value import Shape
from kuredtui.demo.scenario.kured import HELM, MANIFEST, KuredSetup, kured_daemonset
from kuredtui.engine.errors import NoLockPlace
from kuredtui.engine.lock_place import LockPlace, find_lock_place
from kuredtui.engine.options import EngineOptions
from kuredtui.engine.phases import Outcome
from kuredtui.kube.client import Client
from kuredtui.kube.resources import DAEMONSETS, LEASES, NODES
from tests.engine.conftest import running_session
from tests.engine.draining import kured_on
from tests.engine.facts import LOCK, Carrier, held_up, hold_up, journal_of, let_go, node_of
from tests.support.clusters import TestCluster
from tests.support.eventually import eventually
from tests.support.users import somebody

NOWHERE = {"nowhere": "at-all"}
HALF = "test.kuredtui.io/half"


async def place_of(cluster: TestCluster, *, client: Client | None = None, **named: object) -> str:
    """Where the lock of the first node is; `named` are the settings that name it."""
    return str(await find(cluster, client=client, **named))


async def find(
    cluster: TestCluster, *, at: int = 0, client: Client | None = None, **named: object
) -> LockPlace:
    options = EngineOptions(**named)  # type: ignore[arg-type]  # a test names the settings it changes
    return await find_lock_place(client or cluster.client, cluster.node_names[at], options)


async def install(cluster: TestCluster, name: str, **changes: object) -> str:
    """A kured in the test's own namespace. Returns it as a place."""
    setup = replace(MANIFEST, name=name, namespace=cluster.namespace, **changes)  # type: ignore[arg-type]  # a test names what it changes
    await cluster.client.create(DAEMONSETS, kured_daemonset(setup), namespace=cluster.namespace)
    return f"DaemonSet {cluster.namespace}/{name}"


async def without_kured(cluster: TestCluster) -> None:
    """Take the cluster's own kured away."""
    await cluster.client.delete(DAEMONSETS, cluster.kured_name, namespace=cluster.kured_namespace)


class TestOneKured:
    @pytest.mark.embedded
    async def test_its_daemonset_carries_the_lock(self, cluster: TestCluster) -> None:
        await kured_on(cluster, cluster.node_names[0])
        place = await find(cluster)
        assert str(place) == f"DaemonSet {cluster.kured_namespace}/{cluster.kured_name}"
        assert (place.annotation, place.max_owners, place.shape) == (LOCK, 1, Shape.SINGLE)
        assert place.kured is not None

    @pytest.mark.embedded
    @pytest.mark.parametrize("cluster_kured", [HELM], ids=["helm"])
    async def test_under_whatever_name_it_runs(self, cluster: TestCluster) -> None:
        assert await place_of(cluster) == "DaemonSet kured/my-release-kured"

    async def test_its_concurrency_makes_the_shape_and_ours_is_the_lower_one(
        self, cluster: TestCluster
    ) -> None:
        await install(cluster, "many", concurrency=3, node_selector=NOWHERE)
        place = await find(cluster, ds_namespace=cluster.namespace, ds_name="many", concurrency=2)
        assert (place.max_owners, place.limit, place.shape) == (3, 2, Shape.MULTIPLE)

    async def test_our_setting_for_the_annotation_wins(self, cluster: TestCluster) -> None:
        more = {"lock-annotation": "example.com/lock"}
        await install(cluster, "moved", more=more, node_selector=NOWHERE)
        named = {"ds_namespace": cluster.namespace, "ds_name": "moved"}
        assert (await find(cluster, **named)).annotation == "example.com/lock"
        place = await find(cluster, **named, lock_annotation="example.com/ours")
        assert place.annotation == "example.com/ours"

    @pytest.mark.embedded
    @pytest.mark.parametrize(
        ("flags", "where"),
        [
            (["--ds-name=carrier", "--ds-namespace=locks"], "locks/carrier"),
            (["--ds-name=carrier"], "kube-system/carrier"),
            (["--ds-namespace=locks"], "locks/kured"),
            ([], "kube-public/odd"),
        ],
    )
    async def test_the_daemonset_that_it_names_carries_the_lock(
        self, cluster: TestCluster, flags: list[str], where: str
    ) -> None:
        await without_kured(cluster)
        body = kured_daemonset(replace(MANIFEST, name="odd", namespace="kube-public"))
        body["spec"]["template"]["spec"]["containers"][0]["command"] = ["/usr/bin/kured", *flags]
        await cluster.client.create(DAEMONSETS, body, namespace="kube-public")
        assert await place_of(cluster) == f"DaemonSet {where}"

    @pytest.mark.embedded
    async def test_one_that_names_none_shares_the_lock_of_the_one_by_kureds_default_name(
        self, cluster: TestCluster
    ) -> None:
        await without_kured(cluster)
        usual = replace(MANIFEST, node_selector={HALF: "usual"})
        silent = kured_daemonset(replace(MANIFEST, name="arm", node_selector={HALF: "arm"}))
        silent["spec"]["template"]["spec"]["containers"][0]["command"] = ["/usr/bin/kured"]
        for body in (kured_daemonset(usual), silent):
            await cluster.client.create(DAEMONSETS, body, namespace="kube-system")
        for name, half in zip(cluster.node_names, ("arm", "usual"), strict=False):
            await take_half(cluster, name, half)
        for index in (0, 1):
            await eventually(
                lambda index=index: is_found(cluster, index, "DaemonSet kube-system/kured"),
                timeout=30,
            )

    async def test_settings_that_come_from_elsewhere_are_not_guessed(
        self, cluster: TestCluster
    ) -> None:
        body = kured_daemonset(
            replace(MANIFEST, name="vague", namespace=cluster.namespace, node_selector=NOWHERE)
        )
        source = {"configMapKeyRef": {"name": "settings", "key": "concurrency"}}
        container = body["spec"]["template"]["spec"]["containers"][0]
        container["env"].append({"name": "KURED_CONCURRENCY", "valueFrom": source})
        await cluster.client.create(DAEMONSETS, body, namespace=cluster.namespace)
        with pytest.raises(NoLockPlace, match=r"vague has its --concurrency from .*settings"):
            await find(cluster, ds_namespace=cluster.namespace, ds_name="vague")


@pytest.mark.embedded
class TestNoKured:
    """Known only where all DaemonSets could be listed."""

    async def test_a_lease_carries_the_lock(self, cluster: TestCluster) -> None:
        await without_kured(cluster)
        place = await find(cluster)
        assert str(place) == "Lease kube-system/kuredtui"
        assert (place.annotation, place.max_owners, place.kured) == (LOCK, 1, None)

    async def test_its_name_and_concurrency_are_settings(self, cluster: TestCluster) -> None:
        await without_kured(cluster)
        place = await find(cluster, lease_namespace="locks", lease_name="ours", concurrency=2)
        assert str(place) == "Lease locks/ours"
        assert (place.max_owners, place.shape) == (2, Shape.MULTIPLE)

    async def test_a_lease_that_is_named_is_no_way_around_a_kured(
        self, cluster: TestCluster
    ) -> None:
        place = await place_of(cluster, lease_name="ours")
        assert place == f"DaemonSet {cluster.kured_namespace}/{cluster.kured_name}"

    async def test_an_operation_makes_the_lease_holds_it_and_lets_go(
        self, cluster: TestCluster
    ) -> None:
        await without_kured(cluster)
        name = cluster.node_names[0]
        lease = {"lease_namespace": cluster.namespace, "ds_namespace": ""}

        async def lock() -> str | None:
            found = await cluster.client.get(LEASES, "kuredtui", namespace=cluster.namespace)
            return found.metadata.annotations.get(LOCK)

        await hold_up(cluster, name)
        async with running_session(cluster, **lease) as session:
            operation = session.start_reboot(name)
            await held_up(operation)
            assert f'"nodeID":"kuredtui:{name}"' in (await lock() or "")
            journal = await journal_of(cluster, name)
            assert journal is not None
            assert journal.lock is not None
            assert (journal.lock.kind, journal.lock.name) == ("Lease", "kuredtui")
            await let_go(cluster)
            assert await operation.ended() is Outcome.DONE
        assert await lock() is None
        assert not (await node_of(cluster, name)).spec.unschedulable


@pytest.mark.embedded
class TestSeveralKureds:
    """On a given cluster the other tests' kureds would be among them."""

    @pytest.fixture
    def cluster_kured(self) -> KuredSetup:
        return replace(MANIFEST, node_selector={HALF: "one"})

    async def test_the_one_on_the_node_counts(self, cluster: TestCluster) -> None:
        one, two, _ = cluster.node_names
        await take_half(cluster, one, "one")
        await take_half(cluster, two, "two")
        other = await install(cluster, "other", node_selector={HALF: "two"})
        own = f"DaemonSet {cluster.kured_namespace}/{cluster.kured_name}"
        for index, place in enumerate((own, other)):
            await eventually(lambda i=index, p=place: is_found(cluster, i, p), timeout=30)
        with pytest.raises(NoLockPlace, match=r"none of them runs on"):
            await find(cluster, at=2)

    async def test_two_on_one_node_have_to_be_chosen_from(self, cluster: TestCluster) -> None:
        await take_half(cluster, cluster.node_names[0], "one")
        other = await install(cluster, "other")

        async def both() -> bool:
            try:
                await find(cluster)
            except NoLockPlace as error:
                assert f"{cluster.namespace}/other" in str(error)
                return "several of them run" in str(error)
            return False

        await eventually(both, timeout=30)
        named = {"ds_namespace": cluster.namespace, "ds_name": "other"}
        assert await place_of(cluster, **named) == other


class TestNamed:
    async def test_one_that_is_missing_is_an_error_and_no_reason_to_look_elsewhere(
        self, cluster: TestCluster
    ) -> None:
        missing = {"ds_namespace": cluster.namespace, "ds_name": "gone"}
        with pytest.raises(NoLockPlace, match=rf"no DaemonSet {cluster.namespace}/gone.*--ds-name"):
            await find(cluster, **missing)

    async def test_a_part_of_the_name_is_completed_by_kureds_default(
        self, cluster: TestCluster
    ) -> None:
        place = await install(cluster, "kured", node_selector=NOWHERE)
        assert await place_of(cluster, ds_namespace=cluster.namespace) == place
        with pytest.raises(NoLockPlace, match="no DaemonSet kube-system/no-such-kured"):
            await find(cluster, ds_name="no-such-kured")

    async def test_an_operation_that_cannot_know_its_lock_begins_nothing(
        self, cluster: TestCluster
    ) -> None:
        name = cluster.node_names[0]
        missing = {"ds_namespace": cluster.namespace, "ds_name": "gone"}
        async with running_session(cluster, **missing) as session:
            operation = session.start_reboot(name)
            assert await operation.ended() is Outcome.FAILED
            assert "There is no DaemonSet" in operation.error
        assert await journal_of(cluster, name) is None
        assert not (await node_of(cluster, name)).spec.unschedulable


@pytest.mark.embedded
class TestListingForbidden:
    """Then nobody knows that there is no kured."""

    async def test_the_usual_kured_is_beyond_doubt_where_it_runs_on_the_node(
        self, cluster: TestCluster
    ) -> None:
        await kured_on(cluster, cluster.node_names[0])
        async with somebody(cluster, denied=["list daemonsets"]) as client:
            assert await place_of(cluster, client=client) == "DaemonSet kube-system/kured"

    @pytest.mark.parametrize(
        "denied",
        [["list daemonsets"], ["list daemonsets", "get daemonsets"]],
        ids=["may get", "may not get"],
    )
    async def test_without_it_nothing_is_assumed(
        self, cluster: TestCluster, denied: list[str]
    ) -> None:
        await without_kured(cluster)
        async with somebody(cluster, denied=denied) as client:
            with pytest.raises(NoLockPlace, match=r"must be named.*--lease-name"):
                await find(cluster, client=client)

    async def test_a_usual_kured_that_is_not_on_the_node_proves_nothing(
        self, cluster: TestCluster
    ) -> None:
        await without_kured(cluster)
        elsewhere = replace(MANIFEST, node_selector=NOWHERE)
        await cluster.client.create(
            DAEMONSETS, kured_daemonset(elsewhere), namespace=cluster.kured_namespace
        )
        async with somebody(cluster, denied=["list daemonsets"]) as client:
            with pytest.raises(NoLockPlace, match="must be named"):
                await find(cluster, client=client)

    async def test_the_lease_that_is_named_says_that_there_is_no_kured(
        self, cluster: TestCluster
    ) -> None:
        async with somebody(cluster, denied=["list daemonsets"]) as client:
            place = await find(cluster, client=client, lease_name="ours")
        assert str(place) == "Lease kube-system/ours"

    async def test_the_daemonset_that_is_named_is_taken(self, carrier: Carrier) -> None:
        cluster = carrier.cluster
        async with somebody(cluster, denied=["list daemonsets"]) as client:
            place = await place_of(cluster, client=client, **carrier.options)
        assert place == f"DaemonSet {cluster.namespace}/{carrier.name}"

    async def test_one_that_is_named_and_may_not_be_read_is_said_so(self, carrier: Carrier) -> None:
        denied = ["list daemonsets", "get daemonsets"]
        async with somebody(carrier.cluster, denied=denied) as client:
            with pytest.raises(NoLockPlace, match=r"carrier.*may not be read.*forbidden"):
                await find(carrier.cluster, client=client, **carrier.options)


async def take_half(cluster: TestCluster, name: str, half: str) -> None:
    """Have the node covered by the kured of this half."""
    await cluster.client.patch(NODES, name, {"metadata": {"labels": {HALF: half}}})


async def is_found(cluster: TestCluster, index: int, place: str) -> bool:
    """Whether this is the place of the node's lock; before its kured's pod is there it is not known."""
    try:
        return str(await find(cluster, at=index)) == place
    except NoLockPlace:
        return False
