c.ServerApp.ip = 'a'
c.A.x = c.ServerApp.ip
