c.ServerApp.ip = """10.0
.0.1"""  # two lines
c.A.x = 1
