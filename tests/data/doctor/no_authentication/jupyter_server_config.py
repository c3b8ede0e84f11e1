c.ServerApp.ip = '*'
c.IdentityProvider.token = ''
