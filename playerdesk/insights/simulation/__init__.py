"""What differentiated service would do to waiting: last month's traffic once more, under other weights. Pure inside."""

from playerdesk.insights.simulation.queueing import Arrival, Served, simulate
from playerdesk.insights.simulation.running import Draft, Simulation, run

__all__ = ["Arrival", "Draft", "Served", "Simulation", "run", "simulate"]
