c.PasswordIdentityProvider.hashed_password = 'argon2:$argon2id$v=19$m=10240,t=10,p=8$c29tZXNhbHQ$QmFzZTY0SGFzaFRleHRPZlNvbWVLaW5k'
