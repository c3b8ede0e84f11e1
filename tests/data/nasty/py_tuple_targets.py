c.A.x, c.ServerApp.ip = 1, 'a'
