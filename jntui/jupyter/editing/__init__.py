"""Changes to config files of Jupyter: bytes in, new bytes or a refusal out. No file is opened here."""
