c.ServerApp.ip = 'a'
print(dict(c))
