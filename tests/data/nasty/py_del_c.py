c.A.x = 1
del c
