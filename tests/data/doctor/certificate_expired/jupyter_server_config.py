c.ServerApp.certfile = 'expired.pem'
c.ServerApp.keyfile = 'expired.key'
