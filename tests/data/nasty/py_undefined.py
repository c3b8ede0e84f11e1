c.ServerApp.ip = hostname
