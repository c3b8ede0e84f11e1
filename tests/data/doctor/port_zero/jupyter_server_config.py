## The port the server will listen on.
#  Default: 0
c.ServerApp.port = 0
