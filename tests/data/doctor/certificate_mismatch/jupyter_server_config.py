c.ServerApp.certfile = 'trusted.pem'
c.ServerApp.keyfile = 'self-signed.key'
