c.port = 9000
