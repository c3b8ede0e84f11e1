"""What is wrong with Jupyter's configuration: rules by noun, one table of them, nothing of the files is run."""
