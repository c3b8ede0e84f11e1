c.ServerApp.port = 80 * 100  # sum
