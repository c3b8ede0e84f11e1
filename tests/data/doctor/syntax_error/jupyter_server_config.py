c.ServerApp.ip = '*'
c.ServerApp.port = = 9000
