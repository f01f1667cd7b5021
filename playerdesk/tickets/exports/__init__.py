"""Tickets as a file: which columns there are, the rows from a cursor, and CSV or XLSX made of them as they come."""
