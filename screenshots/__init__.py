"""Pictures of the real screen, drawn from canned snapshots."""
