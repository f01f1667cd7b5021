"""`python -m playerdesk` is the command `playerdesk`."""

from playerdesk.app.cli import main

main()
