c.ServerApp.port = 9000
print 'config read'
