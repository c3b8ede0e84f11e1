"""The one place that composes: find, listen, list endpoints, probe, and put it all into a Snapshot."""
