c.ServerApp.ip = \
    'a' \
    "b"
c.A.x = 1
