class K:
    c.ServerApp.ip = 'a'
