c.IdentityProvider.token = 'never-show-this\n'
