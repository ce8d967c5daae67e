"""The screens beside the table: one of them at a time, however one goes from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuredtui.ui.night_history import NightHistory
from kuredtui.ui.screens.picture import PictureScreen
from kuredtui.ui.screens.rollout import RolloutScreen
from kuredtui.ui.screens.view import Sight, View

if TYPE_CHECKING:
    from kuredtui.ui.app import KuredTuiApp


def show_picture(app: KuredTuiApp) -> None:
    """Show the picture of the night."""
    _show(app, PictureScreen(_sight(app), app.commands))


def show_rollout(app: KuredTuiApp) -> None:
    """Show the rollout; it goes on by itself when its screen is left."""
    _show(app, RolloutScreen(_sight(app), app.commands, times=app.main.phase_times))


def _sight(app: KuredTuiApp) -> Sight:
    def history() -> NightHistory:
        return app.link.history if app.link is not None else NightHistory()

    return Sight(session=lambda: app.session, history=history, now=app.now)


def _show(app: KuredTuiApp, view: View) -> None:
    if not isinstance(app.screen, View):
        app.push_screen(view)
    elif type(app.screen) is not type(view):  # else what is selected there stays so
        app.switch_screen(view)
