c.ServerApp.cull_idle_timeout = 600
