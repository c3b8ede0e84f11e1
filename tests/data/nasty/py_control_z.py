c.A.x = 1
