c.ServerApp.open_browser = False
c.ServerApp.port = 9001
