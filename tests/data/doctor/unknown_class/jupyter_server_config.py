c.ServrApp.port = 9000
