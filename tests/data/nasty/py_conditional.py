import os
if os.getuid():
    c.ServerApp.ip = 'a'
else:
    c.ServerApp.ip = 'b'
