if True:
    c.A.x = 1
# c.ServerApp.ip = 'localhost'
    c.A.y = 2
