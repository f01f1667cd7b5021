"""The desk measured beside its floor, in one run: `make bench`, explained in README.md."""
