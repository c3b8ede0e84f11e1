"""jntui: at which URL can a Jupyter server be opened, from where, and if not, why not."""

__version__ = "0.1.0"
