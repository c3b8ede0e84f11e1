c.ServerApp.ip = 'a'
return
