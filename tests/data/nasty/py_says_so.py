c.ServerApp.ip = "*"
