c.ServerApp.ip: str = 'a'
