c.A.x = 1c.ServerApp.ip = 'a'
c.A.y = 2
