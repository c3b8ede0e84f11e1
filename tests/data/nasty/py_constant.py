HOST = 'a'
c.ServerApp.ip = HOST
