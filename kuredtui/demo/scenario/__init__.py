"""What is in the embedded cluster at the start, and what happens there by itself."""

from kuredtui.demo.scenario.model import Scenario, ScenarioName
from kuredtui.demo.scenario.scenarios import make_scenario

__all__ = ["Scenario", "ScenarioName", "make_scenario"]
