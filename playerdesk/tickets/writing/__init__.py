"""Writing: drafts that follow a person from device to device, replies that can still be undone, colleagues called by name.

A held reply is a row, not a timer: the worker says it when its time has come, in one transaction with the row's end,
so no death of a browser, server or worker loses or doubles it.
"""
