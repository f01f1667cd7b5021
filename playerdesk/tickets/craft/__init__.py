"""What people do with tickets beside answering them: merge, split, link, follow, snooze, tick off, ask aside, learn."""
