"""The settings that decide how a server can be reached: where they are written, and what the running server has."""
