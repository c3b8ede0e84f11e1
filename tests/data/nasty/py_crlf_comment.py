# by hand
c.ServerApp.ip = "10.0.0.1"   # my address	 
c.ServerApp.port = 1  
