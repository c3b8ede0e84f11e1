c.ServerApp.port = 9000
c.ServerApp.ip = '::'
