import nowhere_to_be_found
c.ServerApp.port = 9000
