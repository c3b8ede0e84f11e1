if 0:
    c.A.x = 1
    # more