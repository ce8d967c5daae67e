"""The referee's judgement: a good story passes, and each thing that must not happen is found."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from kuredtui.kube.types import DaemonSet, Node, Pod
from tests.support.referee.history import History, Moment
from tests.support.referee.judge import LOCK_ANNOTATION, judge
from tests.support.referee.rules import Actor, Fault, Rules, Verdict

ENTRY = {"created": "2025-11-24T01:02:03.4Z", "TTL": 0}
LATER = {"created": "2025-11-24T02:02:03.4Z", "TTL": 0}
OURS, KUREDS = "kuredtui:n", "n"


class Story:
    """A history of the node `n`, told step by step."""

    def __init__(self, **rules: object) -> None:
        self.rules = Rules(
            **{"nodes": frozenset({"n", "m"}), "allowed": 1, **rules}  # type: ignore[arg-type]
        )
        self.history = History()
        self.boot = 1
        self.cordoned = "n" in self.rules.cordoned
        self.annotations: dict[str, str] = {}
        self.history.start = [self._node("True"), self._node("True", name="m"), self._holder(None)]

    def lock(self, *owners: str, of: object = ENTRY, multiple: bool = False) -> Story:
        """These are in the lock now."""
        entries = [{"nodeID": owner, **ENTRY, **of} for owner in owners]  # type: ignore[dict-item]
        value = {"maxOwners": 2, "locks": entries} if multiple else (entries or [None])[0]
        return self.lock_as(value)

    def lock_as(self, value: object) -> Story:
        text = None if value is None else msgspec.json.encode(value).decode()
        return self._add(self._holder(text))

    def cordon(self, cordoned: bool = True) -> Story:
        self.cordoned = cordoned
        return self._add(self._node("True"))

    def pod(self, name: str, *, gone: bool = False, **more: object) -> Story:
        metadata = {"name": name, "namespace": "x", **more}
        body = {"metadata": metadata, "spec": {"nodeName": "n"}, "status": {"phase": "Running"}}
        return self._add(msgspec.convert(body, Pod), deleted=gone)

    def down(self) -> Story:
        return self._add(self._node("False"))

    def up(self) -> Story:
        self.boot += 1
        return self._add(self._node("False"))._add(self._node("True"))

    def reboot(self) -> Story:
        return self.down().up()

    def told(self) -> Verdict:
        return judge(self.history, self.rules)

    def _node(self, ready: str, *, name: str = "n") -> Node:
        body = {
            "metadata": {"name": name, "uid": f"uid-{name}", "annotations": dict(self.annotations)},
            "spec": {"unschedulable": self.cordoned and name == "n"},
            "status": {
                "conditions": [{"type": "Ready", "status": ready}],
                "nodeInfo": {"bootID": f"boot-{self.boot}"},
            },
        }
        return msgspec.convert(body, Node)

    def _holder(self, text: str | None) -> DaemonSet:
        annotations = {} if text is None else {LOCK_ANNOTATION: text}
        return msgspec.convert(
            {"metadata": {"name": "kured", "annotations": annotations}}, DaemonSet
        )

    def _add(self, item: Node | Pod | DaemonSet, *, deleted: bool = False) -> Story:
        version = len(self.history.moments) + 1
        self.history.moments.append(Moment(version=version, object=item, deleted=deleted))
        return self


def test_a_reboot_of_ours() -> None:
    story = Story().lock(OURS).cordon().pod("p").pod("p", gone=True).lock(KUREDS)
    verdict = story.reboot().cordon(False).lock().told()
    assert not verdict.findings
    assert verdict.reboots == [("n", Actor.OURS)]
    assert verdict.most_owners == 1


def test_a_reboot_of_kureds() -> None:
    verdict = Story().lock(KUREDS).cordon().reboot().cordon(False).lock().told()
    assert not verdict.findings
    assert verdict.by(Actor.KURED) == 1


def test_a_reboot_of_a_node_that_was_cordoned() -> None:
    story = Story(cordoned=frozenset({"n"})).lock(KUREDS).reboot().lock()
    assert not story.told().findings


def test_a_reboot_of_kureds_beside_a_lock_of_ours() -> None:
    story = Story(allowed=2).lock(OURS, of=LATER, multiple=True).cordon()
    both = [{"nodeID": OURS, **LATER}, {"nodeID": KUREDS, **ENTRY}]
    story.lock_as({"maxOwners": 2, "locks": both}).reboot()
    story.lock(OURS, of=LATER, multiple=True).cordon(False).lock()
    verdict = story.told()
    assert verdict.reboots == [("n", Actor.KURED)]
    assert not verdict.findings


def test_moments_are_put_in_order() -> None:
    story = Story().lock(KUREDS).cordon().reboot().cordon(False).lock()
    story.history.moments.reverse()
    assert not story.told().findings


def test_pods_that_a_drain_leaves_alone() -> None:
    owner = {"kind": "DaemonSet", "name": "d", "controller": True}
    story = Story().lock(KUREDS).cordon()
    story.pod("daemon", ownerReferences=[owner])
    story.pod("mirror", annotations={"kubernetes.io/config.mirror": "x"})
    story.pod("kuredtui-reboot-1").reboot().pod("kuredtui-reboot-1", gone=True)
    assert not story.cordon(False).lock().told().findings


def whole(story: Story) -> Story:
    return story.cordon(False).lock()


@pytest.mark.parametrize(
    ("fault", "by", "story"),
    [
        (
            Fault.TOO_MANY_OWNERS,
            Actor.OURS,
            lambda: Story().lock(KUREDS).lock("kuredtui:m", KUREDS, multiple=True).lock(),
        ),
        (Fault.REBOOTED_UNLOCKED, Actor.NOBODY, lambda: Story().reboot()),
        (
            Fault.REBOOTED_UNLOCKED,
            Actor.KURED,
            lambda: whole(Story().lock(KUREDS).cordon().down().lock("m").up()),
        ),
        (
            Fault.REBOOTED_UNLOCKED,
            Actor.KURED,
            lambda: whole(Story().lock(KUREDS).cordon().down().lock(KUREDS, of=LATER).up()),
        ),
        (
            Fault.REBOOTED_NOT_HANDED_OVER,
            Actor.OURS,
            lambda: whole(Story().lock(OURS).cordon().reboot()),
        ),
        (Fault.REBOOTED_UNCORDONED, Actor.KURED, lambda: whole(Story().lock(KUREDS).reboot())),
        (
            Fault.REBOOTED_UNCORDONED,
            Actor.KURED,
            lambda: whole(Story().lock(KUREDS).cordon().down().cordon(False).down().up()),
        ),
        (
            Fault.REBOOTED_UNDRAINED,
            Actor.KURED,
            lambda: whole(Story().pod("p").lock(KUREDS).cordon().reboot()),
        ),
        (
            Fault.REBOOTED_WITH_LATE_PODS,
            Actor.KURED,
            lambda: whole(Story().lock(KUREDS).cordon().pod("p").reboot()),
        ),
        (
            Fault.REBOOTED_TWICE,
            Actor.KURED,
            lambda: whole(Story().lock(KUREDS).cordon().reboot().reboot()),
        ),
        (Fault.CORDONED_UNLOCKED, Actor.NOBODY, lambda: Story().cordon().cordon(False)),
        (
            Fault.RELEASED_CORDONED,
            Actor.KURED,
            lambda: Story().lock(KUREDS).cordon().lock().cordon(False),
        ),
        (
            Fault.CORDON_LOST,
            Actor.OURS,
            lambda: Story(cordoned=frozenset({"n"})).lock(OURS).cordon(False).lock(),
        ),
        (Fault.LOCK_LEFT, Actor.KURED, lambda: Story().lock(KUREDS)),
        (Fault.UNREADABLE_LOCK, Actor.NOBODY, lambda: Story().lock(1).lock()),  # type: ignore[arg-type]
        (Fault.REBOOT_POD_LEFT, Actor.OURS, lambda: Story().pod("kuredtui-reboot-1")),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, Fault) else None,
)
def test_what_must_not_happen_is_found(fault: Fault, by: Actor, story: Callable[[], Story]) -> None:
    findings = story().told().findings
    assert (fault, by) in {(finding.fault, finding.by) for finding in findings}


def test_a_cordon_and_a_journal_that_are_left_are_found() -> None:
    story = Story()
    story.annotations["kuredtui.io/operation"] = "{}"
    story.lock(KUREDS).cordon().lock()
    faults = {finding.fault for finding in story.told().findings}
    assert faults == {Fault.RELEASED_CORDONED, Fault.CORDON_LEFT, Fault.JOURNAL_LEFT}


def test_strangers_may_stay_in_the_lock() -> None:
    assert not Story(strangers=frozenset({"manual"})).lock("manual").told().findings


def test_only_the_lock_that_is_meant_counts() -> None:
    assert not Story(carrier="another").lock(KUREDS).told().findings
    assert Story(carrier="kured").lock(KUREDS).told().findings


def test_a_gap_in_what_was_seen_is_told() -> None:
    story = Story()
    story.history.blind.append("nodes had to be listed again")
    assert [finding.fault for finding in story.told().findings] == [Fault.BLIND]


def test_a_replaced_node_is_not_a_rebooted_one() -> None:
    story = Story()
    other = {"metadata": {"name": "n", "uid": "other"}, "status": {"nodeInfo": {"bootID": "b"}}}
    replaced = msgspec.convert(other, Node)
    verdict = story._add(replaced).told()
    assert not verdict.findings
    assert not verdict.reboots
