def later(c):
    c.ServerApp.ip = 'a'


def now():
    get_config().ServerApp.ip = 'b'


now()
