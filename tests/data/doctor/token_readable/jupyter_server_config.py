c.ServerApp.ip = '127.0.0.1'
c.IdentityProvider.token = 'never-show-this'
