"""The one place that knows everybody: it wires packages together and runs them as processes."""
