c.ServerApp.allow_origin = '*'
