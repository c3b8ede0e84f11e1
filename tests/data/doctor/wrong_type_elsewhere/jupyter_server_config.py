c.ServerApp.max_body_size = '512M'
