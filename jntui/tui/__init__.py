"""The screen: Textual and rich live here and nowhere else."""
