s = c.ServerApp
s.ip = 'a'
s.port = 1
