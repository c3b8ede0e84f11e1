c.ServerApp.ip = 'a'
raise RuntimeError('stop')
