"""The lock by hand: an owner taken out, kured paused and let go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuredtui.engine.errors import FAILURES, sentence
from kuredtui.ui.questions.locks import entry_line, pause_question, unlock_question
from kuredtui.ui.questions.parts import YES
from kuredtui.ui.run_choice import RunChoice
from kuredtui.ui.screens.dialog import Choice
from kuredtui.ui.screens.pick import Item, PickScreen
from kuredtui.ui.tones import Tone

if TYPE_CHECKING:
    from kuredtui.cluster.lock_value import LockEntry
    from kuredtui.engine.lock_place import LockPlace
    from kuredtui.engine.locks import SeenLock
    from kuredtui.engine.locks_by_hand import LocksByHand
    from kuredtui.ui.write_path import WritePath

_UNLOCK = Choice(answer="unlock", label="Unlock", action="pick.unlock")


async def unlock(path: WritePath, _nodes: Sequence[str], _run: RunChoice) -> None:
    """Show who holds the lock, and ask about the owner that is picked."""
    locks, found = await _looked(path)
    if locks is None:
        return
    held = [(lock.place, entry) for lock in found if lock.place for entry in lock.entries]
    if not held:
        unreadable = [lock.unreadable for lock in found if lock.unreadable]
        path.refuse(unreadable[0] if unreadable else "The lock is held by nobody.")
        return
    items = {
        str(number): Item(
            entry_line(entry, place, locks, path.now),
            [((locks.refusal(entry), Tone.PLAIN),)] if locks.refusal(entry) else (),
        )
        for number, (place, entry) in enumerate(held)
    }
    picked = await path.ask(PickScreen(title="Who holds the lock", items=items, choices=[_UNLOCK]))
    if picked is not None:
        await _unlock(path, locks, *held[int(picked.item)])


async def _unlock(path: WritePath, locks: LocksByHand, place: LockPlace, entry: LockEntry) -> None:
    if refusal := locks.refusal(entry):
        path.refuse(refusal)
        return
    question = unlock_question(entry, place, locks, cluster=path.cluster, now=path.now)
    if await path.ask(question) != YES:
        return
    try:
        await locks.unlock(place, entry)
    except FAILURES as error:
        path.refuse(sentence(error))
    else:
        path.tell(f"{entry.node_id} holds the lock no more.")


async def pause_kured(path: WritePath, _nodes: Sequence[str], _run: RunChoice) -> None:
    """Pause kured, or where it is paused, let it go on."""
    if path.session.read_only:
        path.refuse(path.session.read_only_reason)
        return
    locks, found = await _looked(path)
    if locks is None:
        return
    kureds = [lock for lock in found if lock.place and lock.place.kured]
    if not kureds:
        path.refuse("There is no kured here that could be paused.")
        return
    end = any(lock.paused for lock in kureds)
    places = [lock.place for lock in kureds if lock.place and (lock.paused or not end)]
    if await path.ask(pause_question(places, end=end, cluster=path.cluster)) != YES:
        return
    try:
        for place in places:
            await (locks.unpause(place) if end else locks.pause(place))
    except FAILURES as error:
        path.refuse(sentence(error))
    else:
        path.tell("kured goes on." if end else "kured is paused.")


async def _looked(path: WritePath) -> tuple[LocksByHand | None, Sequence[SeenLock]]:
    """The locks as they are now; None, with the reason told, where none can be seen."""
    locks = path.session.locks
    if locks is None:
        path.refuse("The nodes, and with them the lock, are not known yet.")
        return None, ()
    try:
        found = await locks.look()
    except FAILURES as error:
        path.refuse(sentence(error))
        return None, ()
    if all(lock.place is None for lock in found):
        path.refuse(found[0].unseen if found else "Where the lock is, is not known yet.")
        return None, ()
    return locks, found
