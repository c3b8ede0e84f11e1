c.ServerApp.ip = '[::]'
