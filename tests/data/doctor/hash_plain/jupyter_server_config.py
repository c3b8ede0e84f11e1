c.PasswordIdentityProvider.hashed_password = 'never-show-this'
