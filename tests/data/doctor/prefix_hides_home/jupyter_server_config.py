c.ServerApp.port = 9001
