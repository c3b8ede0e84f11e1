"""The regions of the screen, one file each: they get a Scene, draw lines, and post messages."""
