c.ServerApp.ip = '127.0.0.1'
c.ServerApp.prot = 9000
