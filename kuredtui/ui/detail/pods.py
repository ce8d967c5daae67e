"""The tab of pods: what a drain would do to each as things are now, and the budgets that are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuredtui.ui.detail.parts import sections
from kuredtui.ui.plan_text import Foreseen, plan_lines
from kuredtui.ui.text import clean
from kuredtui.ui.tones import Line, Tone

if TYPE_CHECKING:
    from kuredtui.engine.plan import Plan, PlannedBudget


def pods_lines(plan: Plan) -> list[Line]:
    """The plan with its budgets."""
    found = Foreseen(node=plan.node, plan=plan)
    return sections(
        ("What a drain would do now; nothing is touched", plan_lines(found, override=())),
        ("Budgets of these pods", [_budget(budget) for budget in plan.budgets]),
    )


def _budget(budget: PlannedBudget) -> Line:
    here = f"{budget.pods} pod{'' if budget.pods == 1 else 's'} here"
    said = (
        f"{budget.full_name}  {here}, {budget.limit}: has {budget.healthy} healthy, "
        f"needs {budget.needed}"
    )
    word, tone = (
        ("SHUT", Tone.BAD) if budget.allowed == 0 else (f"lets {budget.allowed}", Tone.GOOD)
    )
    return ((f"  {word:<9}", tone), (clean(said), Tone.PLAIN))
