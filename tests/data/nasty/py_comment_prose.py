# c.ServerApp.ip = the address, see above
