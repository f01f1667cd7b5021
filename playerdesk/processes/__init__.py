"""A matter on its way through departments: steps drawn by an operations manager, done by whoever is responsible.

`blueprint` is the drawing as a document; `engine` moves a ticket through it (pure); `tasks` is what people do with a
step; `jobs` rings when a deadline passes. `start_process` is the verb for whoever begins one.
"""

from playerdesk.processes.blueprint import Processes
from playerdesk.processes.design import Deadline, Design, Party, Step
from playerdesk.processes.editions import in_force
from playerdesk.processes.events import ProcessMoved
from playerdesk.processes.hours import reckon_with
from playerdesk.processes.papers import used_files
from playerdesk.processes.starting import Started, Word, hear, start_process, stop_process

__all__ = [
    "Deadline", "Design", "Party", "ProcessMoved", "Processes", "Started", "Step", "Word", "hear", "in_force", "reckon_with",
    "start_process", "stop_process", "used_files",
]
