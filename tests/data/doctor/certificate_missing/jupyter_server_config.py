c.ServerApp.certfile = '~/mycert.pem'
