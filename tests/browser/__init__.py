"""What a person does on a screen, done by real Chromium windows on a real desk with the demo game beside it."""
