c.ServerApp.ip = 'a'
c.ServerApp.ip += 'b'
