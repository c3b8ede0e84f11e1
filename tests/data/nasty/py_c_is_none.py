c.A.x = 1
c = None
