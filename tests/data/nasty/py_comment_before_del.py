# c.ServerApp.ip = 'localhost'
c.ServerApp.ip = 'a'
del c.ServerApp.ip
