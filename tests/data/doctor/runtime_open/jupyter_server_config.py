c.ServerApp.port = 9000
