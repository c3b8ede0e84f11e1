c.A.x = [
# c.ServerApp.ip = 'localhost'
  1]
