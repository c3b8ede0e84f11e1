"""What jntui knows of Jupyter: its files, command lines and REST API. Jupyter itself is never imported."""
