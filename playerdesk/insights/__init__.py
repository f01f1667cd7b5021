"""What the desk has done, hour by hour, and what it looks like right now; every number opens its tickets."""

from playerdesk.insights.board import Board, board
from playerdesk.insights.queries import Figures, drill_page

__all__ = ["Board", "Figures", "board", "drill_page"]
