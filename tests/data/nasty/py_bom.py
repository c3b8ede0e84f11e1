c.ServerApp.ip = 'a'
