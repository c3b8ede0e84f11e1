c.A.x = c.ServerApp.ip = 'a'
