setattr(c.ServerApp, 'ip', 'a')
c.A.x = 1
