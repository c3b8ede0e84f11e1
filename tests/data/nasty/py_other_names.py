c.ServerApp.ip_ = 'a'
c.ServerApp.ips = 'b'
ip = 'c'
