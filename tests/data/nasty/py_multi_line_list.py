c.ServerApp.local_hostnames = [
    'a',  # first
    'b',
]  # end
c.A.x = 1
