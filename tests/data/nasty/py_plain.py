c.ServerApp.ip = 'localhost'
c.ServerApp.port = 1
